/** The arrays that a kernel runs on when it runs as plain TypeScript. */
import { RunError } from './axes.ts'

/** An array with its shape, row after row; or nested lists of numbers, `[[1, 2], [3, 4]]`. */
export type ArrayInput = ShapedArray | NestedNumbers
/** Values in row-major order. */
export interface ShapedArray {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}
/** Lists of lists of numbers, all of one length on each level. */
export type NestedNumbers = readonly (number | NestedNumbers)[]
/** A result of a run. */
export interface RunResult {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** The array in one form. @throws RunError if its data do not fill its shape */
export function shaped(name: string, given: ArrayInput): ShapedArray {
  const { shape, data } = 'data' in given ? given : nested(name, given)
  const count = shape.reduce((product, extent) => product * extent, 1)
  if (data.length !== count)
    throw new RunError(`${name} has ${data.length} values; its shape [${shape.join(', ')}] needs ${count}`)
  return { shape, data }
}

function nested(name: string, rows: NestedNumbers): ShapedArray {
  const shape: number[] = []
  for (let level: number | NestedNumbers | undefined = rows; Array.isArray(level); level = level[0])
    shape.push(level.length)
  const data: number[] = []
  const collect = (level: number | NestedNumbers, depth: number): void => {
    if (typeof level === 'number') {
      if (depth !== shape.length) throw new RunError(`the lists of ${name} are not equally deep`)
      data.push(level)
      return
    }
    if (level.length !== shape[depth]) throw new RunError(`the lists of ${name} are not equally long`)
    for (const one of level) collect(one, depth + 1)
  }
  collect(rows, 0)
  return { shape, data }
}

/** Where an element lies. Indices are whole numbers within the shape. */
export function placeOf(name: string, shape: readonly number[], index: readonly number[]): number {
  let place = 0
  for (const [axis, extent] of shape.entries()) {
    const i = Number(index[axis])
    if (!(i >= 0 && i < extent)) throw new RunError(`index ${axis + 1} of ${name} is ${i}; it has ${extent} elements`)
    place = place * extent + i
  }
  return place
}
