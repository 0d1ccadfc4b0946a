/**
 * Computes the numbers of one launch (byte lengths, grids and uniform words) from a compiled kernel and its sizes. Arguments that
 * a device would reject, or worse, silently ignore, are rejected here with an error that names them.
 */
import { arrayByteLength, flatMap, isSize, largestSize, roundUpTo } from '@qernel/dsl/internal'
import type { Target } from '../compile/target.ts'
import type { CompiledKernel, Launch, LaunchExtent, SizeRequirement } from './compiled-kernel.ts'
import { LaunchError } from './launch-error.ts'
import type { PlannedArray, Sizes } from './planned-array.ts'
import { cutArrays, cutBytes, type Part, partsOf } from './split-dispatches.ts'

export type { PlannedArray, Sizes } from './planned-array.ts'

/** One dispatch of a plan: entry point, workgroups, uniform words. */
export interface PlannedDispatch {
  readonly launch: Launch
  readonly entry: string
  /** Workgroups in each dimension as they are launched, none of them 0. */
  readonly grid: readonly [x: number, y: number, z: number]
  /** One word per size, in the order of `CompiledKernel.sizes`, then a 0, padded to a multiple of 16 bytes. */
  readonly uniform: Uint32Array
  /** Present if the launch runs in parts, because an array is too large for one binding. */
  readonly part?: Part
}

/** Everything that a launch at given sizes needs: arrays with their byte lengths, and dispatches in order. */
export interface LaunchPlan {
  readonly arrays: readonly PlannedArray[]
  /** In order. A launch with an empty grid is omitted; a launch with an array too large for one binding becomes several dispatches. */
  readonly dispatches: readonly PlannedDispatch[]
}

/**
 * Plans one launch.
 * @throws LaunchError if a size is missing, unknown, not a whole number or breaks a fact that the code relies on, or if the launch
 *   exceeds a limit of the target.
 */
export function planLaunch(compiled: CompiledKernel, sizes: Sizes, target: Pick<Target, 'limits'>): LaunchPlan {
  checkSizes(compiled, sizes)
  const { bindingBytes } = target.limits
  const whole = compiled.arrays.map((parameter): PlannedArray => {
    const shape = parameter.shape.map(extent => evaluateExtent(extent, sizes))
    const { type, rowAlignment, sizeAlignment } = parameter
    return { parameter, shape, byteLength: arrayByteLength(type, shape, rowAlignment, sizeAlignment) }
  })
  const cut = cutArrays(compiled, whole, sizes, bindingBytes)
  const dispatches = flatMap(compiled.launches, launch =>
    partsOf(launch, whole, sizes, cut, bindingBytes).map((part): PlannedDispatch => {
      const own = part === undefined ? sizes : { ...sizes, [part.size]: part.count }
      const [x, y, z] = launch.grid
      const grid = [evaluateExtent(x, own), evaluateExtent(y, own), evaluateExtent(z, own)] as const
      const uniform = uniformWords(compiled, own)
      const launched = launch.gridWidth === undefined ? grid : rows(grid, launch.gridWidth)
      return { launch, entry: launch.entry, grid: launched, uniform, ...(part === undefined ? {} : { part }) }
    }),
  ).filter(({ grid }) => grid.every(extent => extent > 0))

  checkLimits(compiled, dispatches, target)
  const arrays = whole.map(array => {
    const partBytes = cutBytes(array, cut, bindingBytes)
    return partBytes === undefined ? array : { ...array, partBytes }
  })
  return { arrays, dispatches }
}

/** The most workgroups that CUDA launches along x. With rows that long, the whole grid is one row. */
export const longestRow = 2 ** 31 - 1

/** A grid as rows of consecutively numbered workgroups, or as a single row if rows may be as long as on CUDA. */
function rows(grid: readonly number[], width: number): readonly [number, number, number] {
  const count = grid.reduce((a, b) => a * b, 1)
  if (width === longestRow) return [count, 1, 1]
  return [Math.min(count, width), count === 0 ? 0 : Math.ceil(count / width), 1]
}

/** `times · ceil(size / dividedBy) + plus`, or the number itself. */
export function evaluateExtent(extent: LaunchExtent, sizes: Sizes): number {
  if (typeof extent === 'number') return extent
  const size = sizes[extent.size]
  if (size === undefined) throw new LaunchError('size-missing', extent.size, `Size ${extent.size} has no value`)
  return (extent.times ?? 1) * Math.ceil(size / extent.dividedBy) + (extent.plus ?? 0)
}

function checkSizes(compiled: CompiledKernel, sizes: Sizes): void {
  const known = compiled.sizes.map(size => size.name)
  for (const name of Object.keys(sizes)) {
    if (known.includes(name)) continue
    const expected = known.length === 0 ? 'all of its sizes are fixed' : `it takes ${known.join(', ')}`
    throw new LaunchError('size-unknown', name, `${compiled.kernel} has no launch-time size ${name}; ${expected}`)
  }
  for (const name of known) {
    const value = sizes[name]
    if (value === undefined) {
      throw new LaunchError('size-missing', name, `${compiled.kernel} needs a value for size ${name}`)
    }
    if (!isSize(value)) {
      throw new LaunchError(
        'size-invalid',
        name,
        `${name} = ${value}: a size must be a whole number from 0 to ${largestSize}`,
      )
    }
  }
  for (const requirement of compiled.requires) checkRequirement(compiled, requirement, sizes)
}

function checkRequirement(compiled: CompiledKernel, requirement: SizeRequirement, sizes: Sizes): void {
  const { size, multipleOf, equals, atMost, because } = requirement
  const value = sizes[size]
  // A fixed size was checked when the source was generated.
  if (value === undefined) return
  const refuse = (must: string, nearest: string) => {
    throw new LaunchError('size-requirement', size, `${size} = ${value} must ${must} (${because}); ${nearest}`)
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    const below = value - (value % multipleOf)
    const choices = below === 0 ? `${multipleOf}` : `${below} or ${below + multipleOf}`
    refuse(`be a multiple of ${multipleOf}`, `the nearest valid value is ${choices}`)
  }
  if (equals !== undefined && value !== equals) refuse(`be ${equals}`, `${compiled.kernel} was compiled for that value`)
  if (atMost !== undefined && value > atMost) refuse(`be at most ${atMost}`, `the nearest valid value is ${atMost}`)
}

function checkLimits(
  compiled: CompiledKernel,
  dispatches: readonly PlannedDispatch[],
  target: Pick<Target, 'limits'>,
): void {
  const { limits } = target
  const require = (limit: string, subject: string, needed: number, available: number, unit: string, hint = '') => {
    if (needed <= available) return
    const message = `${compiled.kernel}: ${subject} needs ${needed} ${unit}; the device's limit ${limit} is ${available}${hint}`
    throw new LaunchError('device-limit', limit, message)
  }
  for (const { launch, entry, grid } of dispatches) {
    const threads = launch.workgroup[0] * launch.workgroup[1] * launch.workgroup[2]
    require('workgroupThreads', entry, threads, limits.workgroupThreads, 'threads in a workgroup')
    require('sharedBytes', entry, launch.sharedBytes, limits.sharedBytes, 'bytes of shared memory in a workgroup')
    require('storageBuffers', entry, launch.arrays.length, limits.storageBuffers, 'storage buffers')
    for (const axis of [0, 1, 2] as const) {
      const name = 'xyz'[axis]
      require(`workgroupSize.${name}`, entry, launch.workgroup[axis], limits.workgroupSize[
        axis
      ], `threads along ${name} in a workgroup`)
      const hint = launch.gridWidth === undefined ? '; compile it with folds, which allows any number' : ''
      require(`workgroupsPerDimension.${name}`, entry, grid[axis], limits.workgroupsPerDimension[
        axis
      ], `workgroups along ${name}`, hint)
    }
  }
}

function uniformWords(compiled: CompiledKernel, sizes: Sizes): Uint32Array {
  const count = compiled.sizes.length + 1
  const words = new Uint32Array(roundUpTo(count, 4))
  compiled.sizes.forEach((size, index) => {
    words[index] = sizes[size.name] ?? 0
  })
  return words
}
