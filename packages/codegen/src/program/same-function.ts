/** Finds functions of device programs that are identical, so that a file needs only one of them. */
import type { DeviceProgram } from './device-program.ts'

/** A function, by its position in a program. */
export interface PlacedFunction {
  readonly program: DeviceProgram
  readonly position: number
}

/** Whether two functions are equal except for their names: statements, threads, memory, and the declarations of their arguments. */
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

/** Functions of different nests have the same statements, but not the same loops. */
const keysOf = (of: object): string[] => Object.keys(of).filter(key => key !== 'origin')

/** Programs are plain data, deeply nested and with shared values, so each pair is compared once and without recursion. */
function areAlike(one: object, other: object): boolean {
  const known = new Map<object, object>()
  const waiting: [unknown, unknown][] = [[one, other]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [a, b] = next
    if (Object.is(a, b)) continue
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
    if (known.get(a) === b) continue
    known.set(a, b)
    const keys = keysOf(a)
    if (Array.isArray(a) !== Array.isArray(b) || keys.length !== keysOf(b).length) return false
    for (const key of keys) {
      if (!(key in b)) return false
      waiting.push([a[key as keyof typeof a], b[key as keyof typeof b]])
    }
  }
  return true
}
