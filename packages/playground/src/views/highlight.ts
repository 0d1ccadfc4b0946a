/** The words of a source line by kind, for colours only: a wrong guess costs nothing. */

export type TokenKind = 'comment' | 'keyword' | 'type' | 'number' | 'string' | 'plain'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const keywords = new Set(
  `auto bitcast break case const const_assert constexpr continue default do else enable export for fn from if import inline let namespace override
  return serial static struct switch template typename using var vector void while where unroll in grid.x grid.y grid.z block.x block.y block.z
  __global__ __device__ __forceinline__ __host__ __restrict__ __shared__ __launch_bounds__ extern register shared`.split(
    /\s+/,
  ),
)

const types =
  /^(array|atomic|bool|char|double|float[1-4]?|half2?|int[1-4]?|long|short|signed|size_t|storage|uniform|unsigned|u?int(8|16|32|64)_t|uint[1-4]?|vec[234][fhiu]?|[fiu](8|16|32)|__half2?|dim3|cuda\w+)$/

const pattern =
  /(?<comment>\/\/.*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\b(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)[a-zA-Z]*)|(?<word>[#@]?[A-Za-z_]\w*(?:\.[xyz]\b)?)/g

export function tokens(line: string): Token[] {
  const found: Token[] = []
  let end = 0
  const plain = (to: number): void => {
    if (to > end) found.push({ kind: 'plain', text: line.slice(end, to) })
  }
  for (const match of line.matchAll(pattern)) {
    const kind = kindOf(match.groups ?? {})
    if (kind === 'plain') continue
    plain(match.index)
    found.push({ kind, text: match[0] })
    end = match.index + match[0].length
  }
  plain(line.length)
  return found
}

function kindOf({ comment, string, number, word }: Readonly<Record<string, string | undefined>>): TokenKind {
  if (comment !== undefined) return 'comment'
  if (string !== undefined) return 'string'
  if (number !== undefined) return 'number'
  if (word === undefined) return 'plain'
  if (keywords.has(word) || /^[#@]/.test(word)) return 'keyword'
  return types.test(word) ? 'type' : 'plain'
}
