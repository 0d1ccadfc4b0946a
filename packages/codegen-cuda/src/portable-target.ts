import type { Target } from '@qernel/codegen'
import { addressable } from './print/types.ts'

/** The features that every NVIDIA GPU since Turing (sm_75) has. */
export const portableTarget: Target = {
  name: 'cuda',
  numerics: { division: 'native', constantDivisorExact: true, contracts: true, reassociates: false, fusedFma: true },
  limits: {
    workgroupThreads: 1024,
    workgroupSize: [1024, 1024, 64],
    workgroupsPerDimension: [2 ** 31 - 1, 65535, 65535],
    /** Static shared memory; more needs an opt-in at launch. */
    sharedBytes: 48 * 1024,
    /** Arguments are pointers; all arguments together, including sizes, may have 4 KiB. */
    storageBuffers: 256,
    /** CUDA sets no limit; this is the address space of one device. */
    bindingBytes: 2 ** 47,
  },
  subgroup: { min: 32, max: 32 },
  nativeTypes: new Set(addressable),
  vectorArithmetic: false,
  unrollLoops: 'pragma',
}
