/** The tokens of T1 expressions. */
import { ExpressionError } from './t1-values.ts'

const token =
  /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\*\*|\/\/|<=|>=|==|!=|&&|\|\||[-+*/%<>()[\],!]))/y

export interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'symbol'
  readonly text: string
  readonly at: number
}

export function tokensOf(text: string): Token[] {
  const found: Token[] = []
  token.lastIndex = 0
  while (text.slice(token.lastIndex).trim() !== '') {
    const start = token.lastIndex
    const match = token.exec(text)
    if (match === null) {
      const at = start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0)
      throw new ExpressionError(`'${text[at]}' at position ${at + 1} is not understood`)
    }
    const kind =
      match[1] !== undefined ? 'number' : match[2] !== undefined ? 'name' : match[3] !== undefined ? 'string' : 'symbol'
    const content = (match[1] ?? match[2] ?? match[3] ?? match[4]) as string
    found.push({ kind, text: content, at: token.lastIndex - content.length })
  }
  return found
}
