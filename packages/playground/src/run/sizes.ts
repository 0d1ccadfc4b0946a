/** The sizes at which kernels are checked and measured. */
import { affine, type Nest } from '@qernel/dsl'
import { leavesOf } from '@qernel/schedule'
import { usualSizes } from '@qernel/schedule/internal'
import { givenSizes } from '../engine/counted.ts'

type Sizes = ReadonlyMap<string, number>

/** No multiples of any tile. The interpreter works on the first whose work is not too much in a second or two. */
const usualForChecks = [67, 35, 19, 11, 5, 3]
const mostWorkOfChecks = 2 ** 20

export const checkSizes = (nest: Nest): Sizes =>
  firstOf(nest, new Map(), usualForChecks, sizes => work(nest, sizes) <= mostWorkOfChecks)

/** The usual value of an open size, before the first of them is adapted to the device. */
const usualForMeasuring = [1024, 256, 64, 32, 16, 8]

/** How much a kernel shall do for a measurement. */
export interface MeasuredWork {
  /** Bytes that it moves at least, if its work allows. */
  readonly bytes: number
  /** The most statements that it executes. */
  readonly statements: number
}

/**
 * Sizes for a measurement: those that the page gives; the others alike, except that the first of them is doubled or halved until the wanted bytes are moved, but
 * hardly more.
 *
 * @param most bytes that all arrays may have together
 */
export function measuredSizes(
  nest: Nest,
  at: Readonly<Record<string, number>>,
  wanted: MeasuredWork,
  most: number,
): Sizes {
  const given = givenSizes(nest, at)
  const isWithin = (other: Sizes): boolean => fewestBytes(nest, other) <= most && work(nest, other) <= wanted.statements
  const sizes = new Map(firstOf(nest, given, usualForMeasuring, isWithin))
  const open = nest.kernel.sizes.find(({ name }) => !nest.fixed.has(name) && !given.has(name))
  if (open === undefined) return sizes
  const { multipleOf = 1, atMost = Number.POSITIVE_INFINITY } = open.facts
  const assumed = nest.assumptions.flatMap(({ size, multipleOf }) => (size === open.name ? [multipleOf] : []))
  const isAllowed = (value: number): boolean =>
    value >= 1 && value <= atMost && [multipleOf, ...assumed].every(multiple => value % multiple === 0)
  const changed = (times: number): Map<string, number> =>
    new Map(sizes).set(open.name, (sizes.get(open.name) ?? 1) * times)
  const change = (times: number): unknown => sizes.set(open.name, changed(times).get(open.name) ?? 1)
  const canBe = (times: number): boolean => isAllowed(changed(times).get(open.name) ?? 0) && isWithin(changed(times))
  while (fewestBytes(nest, sizes) < wanted.bytes && canBe(2)) change(2)
  while (fewestBytes(nest, changed(1 / 2)) >= wanted.bytes && canBe(1 / 2)) change(1 / 2)
  return sizes
}

/** The fewest bytes that a kernel moves: each input and each output once. */
export const fewestBytes = ({ kernel }: Nest, sizes: Sizes): number =>
  kernel.tensors.reduce((sum, { role, type, dims }) => {
    const elements = dims.reduce<number>((product, dim) => product * affine.extentValue(dim, sizes), 1)
    return role === 'temporary' || role === 'local' ? sum : sum + (elements * type.bits) / 8
  }, 0)

/** How many statements a nest executes. */
const work = (nest: Nest, sizes: Sizes): number =>
  leavesOf(nest.body).reduce(
    (sum, { around }) => sum + around.reduce((product, { extent }) => product * affine.extentValue(extent, sizes), 1),
    0,
  )

/** The sizes of the first usual value that are accepted; those of the last if none are. */
function firstOf(nest: Nest, given: Sizes, usual: readonly number[], isAccepted: (sizes: Sizes) => boolean): Sizes {
  const sizes = usual.map(value => usualSizes(nest, given, value))
  return sizes.find(isAccepted) ?? (sizes.at(-1) as Sizes)
}
