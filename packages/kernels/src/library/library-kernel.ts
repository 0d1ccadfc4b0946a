import { bf16, f16, f32, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import type { Schedule } from '@qernel/schedule'

/** A kernel of the library, with everything that a program needs to offer it by name. */
export interface LibraryKernel {
  readonly name: string
  /** One line: what it computes. */
  readonly summary: string
  /** The name of the float tensor whose storage type can be chosen, and the types; the first is the default. */
  readonly element: { readonly tensor: string; readonly types: readonly StorageType[] }
  define(element?: StorageType): Kernel
  /** Schedules that were written for this kernel; `best` is the first. */
  readonly schedules: readonly Schedule[]
  /** For quantizers: how the element tensor is restored from the results, and its error bound. */
  readonly roundTrip?: RoundTrip
}

/** From quantized arrays back to floats. */
export interface RoundTrip {
  /** The library kernel that dequantizes. Its inputs have the names of the outputs here. */
  readonly dequantize: string
  /** Every stored array that the dequantizer takes, the codes first. */
  readonly stored: readonly string[]
  /** The scales, if there is one per channel (the last axis), so that the bound of each element can be checked. */
  readonly channelScales?: string
  /** The error bound of an element of a finite group. */
  readonly bound: ErrorBound
}

/** The largest error that a quantizer may make on a finite element, from its stored parameters. */
export interface ErrorBound {
  /** The formula, such as `scale/2`. */
  readonly formula: string
  /** The names of the stored scales, and of the zero points that go with them. */
  readonly scale: string
  /** Reads the scales from records, if they are stored there. */
  readonly scalesIn?: (records: Tensor) => readonly number[]
  readonly zero?: string
  /** Elements of larger magnitude may saturate, so no bound holds for them. If absent, none saturates while its parameters are finite. */
  readonly saturatesAbove?: number
  /** The largest |x − x̂| in a group with this scale and zero point, without the roundings of f32. */
  largest(scale: number, zero: number): number
}

const floats = [f32, f16, bf16] as const

/** A library entry for one kernel, under the kernel's own name. */
export function entry(
  define: (element?: StorageType) => Kernel,
  schedules: readonly Schedule[],
  roundTrip?: RoundTrip,
): LibraryKernel {
  const { name, summary } = define()
  return { name, summary, element: { tensor: 'x', types: floats }, define, schedules, ...(roundTrip && { roundTrip }) }
}

/** The rounding error of f16: relative to the number, and half a denormal step. */
export const roundingOfHalf = {
  formula: (number: string): string => `max(${number}·2^-11, 2^-25)`,
  largest: (number: number): number => Math.max(Math.abs(number) * 2 ** -11, 2 ** -25),
}

/** Codes rounded to nearest, scale in f32. */
export const halfScale = (scale = 'scale'): ErrorBound => ({
  formula: 'scale/2',
  scale,
  largest: value => Math.abs(value) / 2,
})

/** The largest error that the bound allows anywhere in an array, from the scales and zero points that were stored. */
export function largestBound(
  { bound }: RoundTrip,
  stored: ReadonlyMap<string, Tensor>,
): { readonly formula: string; readonly value: number } {
  const kept = stored.get(bound.scale)
  const scales = (kept && bound.scalesIn?.(kept)) ?? kept?.data ?? []
  const zeros = bound.zero === undefined ? undefined : stored.get(bound.zero)?.data
  let value = 0
  for (let i = 0; i < scales.length; i++) {
    const one = bound.largest(scales[i] as number, zeros?.[i] ?? 0)
    // A group that holds an infinity has no bound.
    if (Number.isFinite(one) && one > value) value = one
  }
  return { formula: bound.formula, value }
}
