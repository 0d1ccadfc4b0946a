/**
 * The subscripts of generated CUDA, evaluated at the last thread of the last block as C++ does, in 32 bits unless something says
 * `size_t`, and without limits beside it: where the two differ, an index has overflowed.
 */

/** A number without limits, and as computed by C++. */
interface Value {
  readonly exact: bigint
  readonly typed: bigint
  readonly bits: 32 | 64
}
type Names = ReadonlyMap<string, Value>

export interface Overflow {
  readonly kernel: string
  readonly subscript: string
  readonly exact: bigint
  readonly typed: bigint
}

const kernelPattern = /^\/\/ (.*) threads\.\nextern "C" __global__ [^(]*\(\d+\) (\w+)\(([^{]*)\) \{\n([\s\S]*?)^\}/gm

/** @param sizes of every size that is open */
export function overflows(source: string, sizes: ReadonlyMap<string, number>): Overflow[] {
  return [...source.matchAll(kernelPattern)].flatMap(([, note = '', kernel = '', parameters = '', body = '']) => {
    const names = new Map([...sizes, ...lastThread(note, sizes)].map(([name, n]) => [name, whole(BigInt(n))]))
    const pointers = [...parameters.matchAll(/__restrict__ (\w+)/g), ...body.matchAll(/\* (\w+) = reinterpret_cast/g)]
    const arrays = new Set(pointers.map(([, name]) => name))
    const found: Overflow[] = []
    for (const line of body.split('\n').filter(text => !text.trim().startsWith('//'))) {
      const [, counter, end] = /^ *for \(unsigned (\w+) = 0; \w+ < (.*); \+\+/.exec(line) ?? []
      if (counter !== undefined && end !== undefined) names.set(counter, minus(evaluate(end, names), whole(1n)))
      for (const [start, array] of [...line.matchAll(/(\w+)\[/g)].map(m => [m.index + m[0].length, m[1]] as const)) {
        if (!arrays.has(array)) continue
        const subscript = line.slice(start, closing(line, start))
        const { exact, typed } = evaluate(subscript, names)
        if (exact !== typed) found.push({ kernel, subscript, exact, typed })
      }
      const [, name, value] = /^ *const unsigned (\w+) = ([^;[]*);/.exec(line) ?? []
      if (name !== undefined && value !== undefined) names.set(name, evaluate(value, names))
    }
    return found
  })
}

/** Where the last thread stands, by the note on the launch: `ceil(D / 16) × T blocks, all along x, of 16 × 16 threads.` */
function lastThread(note: string, sizes: ReadonlyMap<string, number>): [string, number][] {
  const [grid = '', ofThreads = ''] = note.split(/ blocks,? (?:all along x, )?of /)
  const counts = grid.split(' × ').map(text => {
    const [, size = text, by = '1'] = /^ceil\((\w+) \/ (\d+)\)$/.exec(text) ?? []
    return Math.ceil((sizes.get(size) ?? Number(size)) / Number(by))
  })
  const blocks = note.includes('all along x')
    ? [
        Math.min(
          2 ** 31 - 1,
          counts.reduce((a, b) => a * b),
        ),
      ]
    : counts
  const named = (of: string, lengths: readonly number[]) =>
    ['x', 'y', 'z'].map((d, i): [string, number] => [`${of}.${d}`, (lengths[i] ?? 1) - 1])
  return [...named('blockIdx', blocks), ...named('threadIdx', ofThreads.split(' × ').map(Number))]
}

/** The position of the bracket that closes the one before `start`. */
function closing(text: string, start: number): number {
  let depth = 1
  for (let i = start; ; i++) {
    if (text[i] === '[') depth++
    if (text[i] === ']' && --depth === 0) return i
    if (i >= text.length) throw new Error(`no bracket closes in ${text}`)
  }
}

const whole = (n: bigint, bits: 32 | 64 = 32): Value => ({ exact: n, typed: BigInt.asUintN(bits, n), bits })

/** Both values of an operation; C++ takes the wider of two types. */
function both(a: Value, b: Value, of: (a: bigint, b: bigint) => bigint): Value {
  const bits = a.bits === 64 || b.bits === 64 ? 64 : 32
  return { exact: of(a.exact, b.exact), typed: BigInt.asUintN(bits, of(a.typed, b.typed)), bits }
}
const minus = (a: Value, b: Value): Value => both(a, b, (x, y) => x - y)
const least = (a: Value, b: Value): Value => both(a, b, (x, y) => (x - y < 0n ? x : y))

const levels: readonly Readonly<Record<string, (a: bigint, b: bigint) => bigint>>[] = [
  { '&': (a, b) => a & b },
  { '<<': (a, b) => a << b, '>>': (a, b) => a >> b },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b },
]

/** Data-dependent values count as 0. */
function evaluate(text: string, names: Names): Value {
  const tokens = text.match(/[A-Za-z_][\w.]*|0x[0-9a-f]+|\d+|<<|>>|\S/g)?.filter(token => token !== 'u') ?? []
  let at = 0
  const expect = (token: string): void => {
    if (tokens[at++] !== token) throw new Error(`no ${token} at ${tokens.slice(at - 1).join(' ')} in ${text}`)
  }
  const list = (end: string): Value[] => {
    const values: Value[] = [binary(0)]
    while (tokens[at] === ',') {
      at++
      values.push(binary(0))
    }
    expect(end)
    return values
  }
  const primary = (): Value => {
    const token = tokens[at++] ?? ''
    if (token === '(') return list(')')[0] as Value
    if (token === '-') return minus(whole(0n), primary())
    if (/^\d/.test(token)) return whole(BigInt(token))
    if (tokens[at] === '[') {
      at++
      list(']')
      return whole(0n)
    }
    if (tokens[at] !== '(') return names.get(token) ?? whole(0n)
    at++
    const [first, second] = list(')') as [Value, Value | undefined]
    if (token === 'size_t') return { ...first, bits: 64 }
    return second === undefined ? first : least(first, second)
  }
  const binary = (level: number): Value => {
    const operations = levels[level]
    if (operations === undefined) return primary()
    let value = binary(level + 1)
    for (let of = operations[tokens[at] ?? '']; of !== undefined; of = operations[tokens[at] ?? '']) {
      at++
      value = both(value, binary(level + 1), of)
    }
    return value
  }
  const value = binary(0)
  if (at < tokens.length) throw new Error(`${tokens.slice(at).join(' ')} is left of ${text}`)
  return value
}
