import { bf16, f16, f32, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import type { Schedule } from '@qernel/schedule'

/** A kernel of the library with what a program has to know to offer it by name. */
export interface LibraryKernel {
  readonly name: string
  /** One line: what it computes. */
  readonly summary: string
  /** The float tensor whose storage type can be chosen, by its name, and the types; the first is the default. */
  readonly element: { readonly tensor: string; readonly types: readonly StorageType[] }
  define(element?: StorageType): Kernel
  /** Schedules that were written for this kernel; `best` is the first. */
  readonly schedules: readonly Schedule[]
  /** Quantizers: how the element tensor comes back from the results, and how far off it may be. */
  readonly roundTrip?: RoundTrip
}

/** From quantized arrays back to floats. */
export interface RoundTrip {
  /** The kernel of the library that does it: it takes the outputs by the names that they have here. */
  readonly dequantize: string
  /** What is stored: every array that the dequantizer takes, the codes first. */
  readonly stored: readonly string[]
  /** One scale a channel, the last axis: where each element's own bound can be checked. */
  readonly channelScales?: string
  /** How far off an element of a finite group may be. */
  readonly bound: ErrorBound
}

/** The largest error that a quantizer may make on a finite element, from its stored parameters. */
export interface ErrorBound {
  /** The formula, as `scale/2`. */
  readonly formula: string
  /** The names of the stored scales, and of the zero points that go with them. */
  readonly scale: string
  /** Where the scales lie inside records: what to read of each. */
  readonly scalesIn?: (records: Tensor) => readonly number[]
  readonly zero?: string
  /** Elements of a larger magnitude may saturate, so that no bound holds for them. Absent: none does while its parameters are finite. */
  readonly saturatesAbove?: number
  /** The largest |x − x̂| in a group with this scale and zero point, without the roundings of f32. */
  largest(scale: number, zero: number): number
}

const floats = [f32, f16, bf16] as const

/** One kernel under the name that it gives itself. */
export function entry(
  define: (element?: StorageType) => Kernel,
  schedules: readonly Schedule[],
  roundTrip?: RoundTrip,
): LibraryKernel {
  const { name, summary } = define()
  return { name, summary, element: { tensor: 'x', types: floats }, define, schedules, ...(roundTrip && { roundTrip }) }
}

/** How far off a number may be in f16: relative to itself, and half a step of the denormals. */
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
