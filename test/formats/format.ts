import type { Tensor } from '@qernel/dsl'

/** A number that the published definition leaves open: it is not compared. */
export const open = undefined
export type Expected = number | typeof open

/** The result for a group of elements: its parameters in the order of the format, and one code per element. */
export interface EncodedGroup {
  readonly parameters: readonly Expected[]
  readonly codes: readonly Expected[]
}

/** The parameters and codes of all groups, as plain numbers. Kernels that produce only one of them leave the other empty. */
export interface Stored {
  readonly parameters: readonly (readonly number[])[]
  readonly codes: readonly (readonly number[])[]
}

/** The layout of a format in tensors: from the results of its quantizer to numbers, and back into tensors of the same shapes. */
export interface Storage {
  read(results: ReadonlyMap<string, Tensor>, layout: Layout): Stored
  write(stored: Stored, like: ReadonlyMap<string, Tensor>, layout: Layout): Map<string, Tensor>
}

/** Which elements of x are a group: `at(g, j)` is the place of element j of group g in row-major order. */
export interface Layout {
  readonly groups: number
  readonly groupSize: number
  readonly shape: readonly number[]
  at(group: number, element: number): number
}

/** A format as it was published, in plain loops. */
export interface Format {
  /** The source of its definition. */
  readonly source: string
  /** What the definition leaves open, and what our kernels do there. */
  readonly open: readonly string[]
  readonly groupSize: number
  /** The layout of x for a number of groups, which is always a multiple of 6. */
  layout(groups: number): Layout
  readonly storage: Storage
  /**
   * @param x the elements of a group
   * @param stored the parameters that the kernel stored: formats that make codes from the rounded parameters take these, so that codes are
   * checked where parameters are open as well
   */
  encode(x: readonly number[], stored: readonly number[]): EncodedGroup
  /** An element from its code, in f32. */
  decode(code: number, parameters: readonly number[]): Expected
  /** The type of the parameters, and which of them is the scale; another parameter is a zero point. */
  readonly parameterType: 'f32' | 'f16'
  readonly scale: 0 | 1
  /** The error bound of an element of a finite group, in scales, and the groups for which it holds. */
  readonly error: number
  keepsFinite(x: readonly number[]): boolean
  /** The codes that the dequantizer may get: all from the first to the last. */
  readonly codes: readonly [first: number, last: number]
}

/** Groups of adjacent elements along the last axis. `dimensions` gives the shape of x. */
export function inRows(groupSize: number, dimensions: (groups: number) => readonly number[]): Format['layout'] {
  return groups => ({
    groups,
    groupSize,
    shape: dimensions(groups),
    at: (group, element) => group * groupSize + element,
  })
}

/** [T, D] with two groups per row. */
export const pairsInRows = (groupSize: number): Format['layout'] =>
  inRows(groupSize, groups => [groups / 2, 2 * groupSize])

/** [T, H, D] with three heads per token. */
export const heads = (headSize: number): Format['layout'] => inRows(headSize, groups => [groups / 3, 3, headSize])

/** [T, D] with groups along T, `rows` of them in a column. */
export function inColumns(groupSize: number, rows: number): Format['layout'] {
  return groups => {
    const columns = groups / rows
    return {
      groups,
      groupSize,
      shape: [rows * groupSize, columns],
      at: (group, element) => (Math.floor(group / columns) * groupSize + element) * columns + (group % columns),
    }
  }
}
