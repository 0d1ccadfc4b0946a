import type { Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import type { Driver } from './driver.ts'

/** Values of `CUdevice_attribute`. */
const attributes = {
  maxThreadsPerBlock: 1,
  maxBlockX: 2,
  maxBlockY: 3,
  maxBlockZ: 4,
  maxGridX: 5,
  maxGridY: 6,
  maxGridZ: 7,
  maxSharedBytesPerBlock: 8,
  warpSize: 10,
  computeCapabilityMajor: 75,
  computeCapabilityMinor: 76,
} as const

/** The compute capability in the notation of compilers: 90 for 9.0. */
export function architectureOf(driver: Driver, device: number): number {
  const read = reader(driver, device)
  return read('computeCapabilityMajor') * 10 + read('computeCapabilityMinor')
}

/**
 * The target for a GPU. Shared memory is the amount that a block has without an opt-in at launch. The numerics are the same on every GPU, because the
 * generated code uses intrinsics with defined rounding.
 */
export function cudaTarget(driver: Driver, device: number): Target {
  const read = reader(driver, device)
  const { portableTarget } = cuda
  const lanes = read('warpSize')
  return {
    ...portableTarget,
    limits: {
      ...portableTarget.limits,
      workgroupThreads: read('maxThreadsPerBlock'),
      workgroupSize: [read('maxBlockX'), read('maxBlockY'), read('maxBlockZ')],
      workgroupsPerDimension: [read('maxGridX'), read('maxGridY'), read('maxGridZ')],
      sharedBytes: read('maxSharedBytesPerBlock'),
    },
    subgroup: { min: lanes, max: lanes },
  }
}

const reader =
  ({ functions, get }: Driver, device: number) =>
  (attribute: keyof typeof attributes) =>
    get<number>(out => functions.cuDeviceGetAttribute(out, attributes[attribute], device))
