import type { ArrayParameter } from './compiled-kernel.ts'

/** Launch-time sizes by name: whole numbers from 0 to 2^31 − 1. */
export type Sizes = Readonly<Record<string, number>>

/** An array of a plan: shape and bytes at these sizes. */
export interface PlannedArray {
  readonly parameter: ArrayParameter
  /** Logical shape, outermost first. */
  readonly shape: readonly number[]
  /** Bytes in device layout, all padding included; 0 where an extent is 0. */
  readonly byteLength: number
  /** Where no binding holds it: dispatches bind parts of so many bytes, the last one less. */
  readonly partBytes?: number
}
