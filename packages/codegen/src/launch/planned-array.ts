import type { ArrayParameter } from './compiled-kernel.ts'

/** Launch-time sizes by name: whole numbers from 0 to 2^31 − 1. */
export type Sizes = Readonly<Record<string, number>>

/** An array of a plan, with its shape and byte length at the given sizes. */
export interface PlannedArray {
  readonly parameter: ArrayParameter
  /** Logical shape, outermost first. */
  readonly shape: readonly number[]
  /** Bytes in device layout, including all padding; 0 if an extent is 0. */
  readonly byteLength: number
  /** Present if the array is too large for one binding: the bytes per part that dispatches bind. The last part may be smaller. */
  readonly partBytes?: number
}
