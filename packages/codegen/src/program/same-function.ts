/** Whether two functions of device programs do the same, so that one of them is enough. */
import type { DeviceProgram } from './device-program.ts'

/** The function of a program at a position. */
export interface PlacedFunction {
  readonly program: DeviceProgram
  readonly position: number
}

/** Whether two functions are alike in everything except their name: statements, threads, memory, and how their arguments are declared. */
export function isSameFunction(a: PlacedFunction, b: PlacedFunction): boolean {
  const [one, other] = [described(a), described(b)]
  return one !== undefined && other !== undefined && areAlike(one, other)
}

function described({ program, position }: PlacedFunction): object | undefined {
  const found = program.functions[position]
  if (found === undefined) return undefined
  const { entry: _, ...rest } = found
  return {
    ...rest,
    arguments: program.arrays.filter(({ name }) => rest.arrays.includes(name)),
    sizes: program.sizes,
    usesZero: program.usesZero,
  }
}

/** Programs are plain data, deep and with values that are shared: each pair is looked at once, and nothing recurs. */
function areAlike(one: object, other: object): boolean {
  const known = new Map<object, object>()
  const waiting: [unknown, unknown][] = [[one, other]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [a, b] = next
    if (Object.is(a, b)) continue
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
    if (known.get(a) === b) continue
    known.set(a, b)
    const keys = Object.keys(a)
    if (Array.isArray(a) !== Array.isArray(b) || keys.length !== Object.keys(b).length) return false
    for (const key of keys) {
      if (!(key in b)) return false
      waiting.push([a[key as keyof typeof a], b[key as keyof typeof b]])
    }
  }
  return true
}
