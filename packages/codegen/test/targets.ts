/** The portable targets of the two back ends, which this package may not import. */
import type { FinishedKernel, Pipeline, Target } from '../src/index.ts'
import { finish, type LoweredKernel, loweringPasses } from '../src/internal.ts'

export const wgslTarget: Target = {
  name: 'wgsl',
  numerics: { division: 'native', constantDivisorExact: false, contracts: true, reassociates: true, fusedFma: false },
  limits: {
    workgroupThreads: 256,
    workgroupSize: [256, 256, 64],
    workgroupsPerDimension: [65535, 65535, 65535],
    sharedBytes: 16384,
    storageBuffers: 8,
    bindingBytes: 2 ** 27,
  },
  nativeTypes: new Set(['f32', 'i32', 'u32']),
  vectorArithmetic: true,
  unrollLoops: 'copies',
}

export const cudaTarget: Target = {
  name: 'cuda',
  numerics: { division: 'native', constantDivisorExact: true, contracts: true, reassociates: false, fusedFma: true },
  limits: {
    workgroupThreads: 1024,
    workgroupSize: [1024, 1024, 64],
    workgroupsPerDimension: [2 ** 31 - 1, 65535, 65535],
    sharedBytes: 48 * 1024,
    storageBuffers: 256,
    bindingBytes: 2 ** 47,
  },
  subgroup: { min: 32, max: 32 },
  nativeTypes: new Set(['f32', 'i32', 'u32', 'f16', 'bf16', 'f8e4m3', 'f8e5m2', 'i8', 'u8']),
  vectorArithmetic: false,
  unrollLoops: 'pragma',
}

/** The pipeline of a target without the passes of its back end. */
export const asLowered = (target: Target): Pipeline => ({
  name: target.name,
  portableTarget: target,
  castsPointers: !target.vectorArithmetic,
  passes: loweringPasses,
})

/** A program that was written or changed by hand, ready to be simulated. */
export const finishedAsIs = (lowered: LoweredKernel, target: Target = wgslTarget): FinishedKernel =>
  finish({ ...asLowered(target), passes: [] }, lowered, target)
