/** Dispatches over arrays that are too large for one binding. The work is done in parts of rows, and each part is bound separately. */
import {
  arrayByteLength,
  elementsPerUnit,
  greatestCommonDivisor,
  leastCommonMultiple,
  roundUpTo,
} from '@qernel/dsl/internal'
import type { CompiledKernel, Launch } from './compiled-kernel.ts'
import { LaunchError } from './launch-error.ts'
import type { PlannedArray, Sizes } from './planned-array.ts'
import { requiredOfSize } from './required-of-size.ts'

/** A binding starts at a multiple of this many bytes, which every WebGPU device accepts. */
export const bindingAlignment = 256

/** Parts have a multiple of this many rows if possible, so that kernels with different tiles cut the same arrays in the same places. */
const commonRows = 256

/** The rows of one size that one part of a dispatch works on. */
export interface Part {
  readonly size: string
  readonly first: number
  readonly count: number
  /** The arrays that are bound in part, with the bytes of the part. All others are bound whole. */
  readonly bytes: ReadonlyMap<string, { readonly offset: number; readonly length: number }>
}

/** How the arrays that are too large for one binding are cut: rows per part, by size. */
export type Cut = ReadonlyMap<string, number>

/**
 * Decides where arrays are cut. The places are the same for all dispatches.
 * @throws LaunchError if an array is too large for a binding and some dispatch cannot run on parts of it.
 */
export function cutArrays(
  compiled: CompiledKernel,
  arrays: readonly PlannedArray[],
  sizes: Sizes,
  bindingBytes: number,
): Cut {
  const cut = new Map<string, number>()
  const large = arrays.filter(({ byteLength }) => byteLength > bindingBytes)
  for (const size of new Set(large.map(array => leadingSize(compiled, array, bindingBytes)))) {
    const value = sizes[size] as number
    const launches = compiled.launches.filter(({ arrays: used }) =>
      large.some(array => used.includes(array.parameter.name) && leading(array)?.size === size),
    )
    let { multipleOf } = requiredOfSize(compiled.requires, size)
    let most = value
    for (const launch of launches) {
      const culprit = large.find(({ parameter }) => launch.arrays.includes(parameter.name)) as PlannedArray
      const split = splitOf(compiled, launch, size, culprit, bindingBytes)
      multipleOf = leastCommonMultiple(multipleOf, split.multipleOf)
      for (const array of arrays.filter(({ parameter }) => split.arrays.includes(parameter.name))) {
        multipleOf = leastCommonMultiple(multipleOf, rowsBetweenBindings(array))
        most = Math.min(most, rowsWithin(array, bindingBytes))
      }
    }
    if (most < multipleOf) {
      const culprit = large.find(array => leading(array)?.size === size) as PlannedArray
      const bytes = bytesOfRows(culprit, multipleOf)
      throw tooLarge(
        compiled,
        culprit,
        bindingBytes,
        `its parts must have a multiple of ${multipleOf} rows of ${size}, so that the smallest has ${bytes} bytes`,
      )
    }
    const common = leastCommonMultiple(multipleOf, commonRows)
    const unit = common <= most ? common : multipleOf
    const parts = Math.ceil(value / (most - (most % unit)))
    cut.set(size, roundUpTo(Math.ceil(value / parts), unit))
  }
  return cut
}

/** The parts of one dispatch; a single `undefined` for a dispatch that runs whole. */
export function partsOf(
  launch: Launch,
  arrays: readonly PlannedArray[],
  sizes: Sizes,
  cut: Cut,
  bindingBytes: number,
): readonly (Part | undefined)[] {
  const isLarge = ({ parameter, byteLength }: PlannedArray): boolean =>
    launch.arrays.includes(parameter.name) && byteLength > bindingBytes
  const size = arrays.filter(isLarge).map(array => leading(array)?.size)[0]
  const rows = size === undefined ? undefined : cut.get(size)
  if (size === undefined || rows === undefined) return [undefined]
  const split = launch.splits?.find(each => each.size === size)
  const names = split !== undefined && 'arrays' in split ? split.arrays : []
  const value = sizes[size] as number
  return Array.from({ length: Math.ceil(value / rows) }, (_, position): Part => {
    const first = position * rows
    const count = Math.min(rows, value - first)
    const isLast = first + count === value
    const bytes = arrays
      .filter(({ parameter }) => names.includes(parameter.name))
      .map(array => {
        const offset = bytesOfRows(array, first)
        const length = isLast ? array.byteLength - offset : bytesOfRows(array, count)
        return [array.parameter.name, { offset, length }] as const
      })
    return { size, first, count, bytes: new Map(bytes) }
  })
}

/** Bytes between two cuts of an array; undefined if it is not cut. */
export function cutBytes(array: PlannedArray, cut: Cut, bindingBytes: number): number | undefined {
  const rows = cut.get(leading(array)?.size ?? '')
  return rows === undefined || array.byteLength <= bindingBytes ? undefined : bytesOfRows(array, rows)
}

function leading({ parameter }: PlannedArray): { readonly size: string; readonly dividedBy: number } | undefined {
  const [first] = parameter.shape
  return typeof first === 'object' ? first : undefined
}

function leadingSize(compiled: CompiledKernel, array: PlannedArray, bindingBytes: number): string {
  const first = leading(array)
  if (first === undefined) throw tooLarge(compiled, array, bindingBytes, 'its first axis is not a launch-time size')
  return first.size
}

function splitOf(compiled: CompiledKernel, launch: Launch, size: string, culprit: PlannedArray, bindingBytes: number) {
  const split = launch.splits?.find(each => each.size === size)
  if (split === undefined || 'because' in split) {
    const reason = split === undefined ? 'it does not say how' : `since ${split.because}`
    throw tooLarge(compiled, culprit, bindingBytes, `${launch.entry} cannot run in parts of ${size}, ${reason}`)
  }
  return split
}

function tooLarge(
  { kernel }: CompiledKernel,
  { parameter: { name }, byteLength }: PlannedArray,
  bindingBytes: number,
  why: string,
): LaunchError {
  const what = `array ${name} needs ${byteLength} bytes in one binding; the device's limit bindingBytes is ${bindingBytes}`
  return new LaunchError('device-limit', 'bindingBytes', `${kernel}: ${what}, and ${why}`)
}

/** The bytes of the first `rows` rows along the cut size. */
function bytesOfRows(array: PlannedArray, rows: number): number {
  const { type, rowAlignment } = array.parameter
  const entries = Math.ceil(rows / (leading(array)?.dividedBy ?? 1))
  return arrayByteLength(type, [entries, ...array.shape.slice(1)], rowAlignment, 1)
}

/** The fewest rows after which a new binding of the array may start: they end with a whole unit of packed words, at an aligned byte. */
function rowsBetweenBindings(array: PlannedArray): number {
  const { type } = array.parameter
  const dividedBy = leading(array)?.dividedBy ?? 1
  const entries = array.shape.length === 1 ? elementsPerUnit(type) : 1
  const bits = array.shape.length === 1 ? entries * type.bits : 8 * bytesOfRows(array, dividedBy)
  const units = (8 * bindingAlignment) / greatestCommonDivisor(8 * bindingAlignment, bits)
  return dividedBy * entries * units
}

/** The most rows that fit one binding, rounded down to a place where a new binding may start. */
function rowsWithin(array: PlannedArray, bindingBytes: number): number {
  const unit = rowsBetweenBindings(array)
  return Math.floor(bindingBytes / bytesOfRows(array, unit)) * unit
}
