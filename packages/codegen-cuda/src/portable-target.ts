import type { Target } from '@qernel/codegen'
import { addressable } from './print/types.ts'

/** What every NVIDIA GPU since Turing (sm_75) has. */
export const portableTarget: Target = {
  name: 'cuda',
  numerics: { division: 'native', constantDivisorExact: true, contracts: true, reassociates: false, fusedFma: true },
  limits: {
    workgroupThreads: 1024,
    workgroupSize: [1024, 1024, 64],
    workgroupsPerDimension: [2 ** 31 - 1, 65535, 65535],
    /** Static shared memory; more needs an opt-in at launch. */
    sharedBytes: 48 * 1024,
    /** Arguments are pointers: 4 KiB of them, sizes included. */
    storageBuffers: 256,
    /** Pointers have no limit of their own; this is the address space of one device. */
    bindingBytes: 2 ** 47,
  },
  subgroup: { min: 32, max: 32 },
  nativeTypes: new Set(addressable),
  vectorArithmetic: false,
  unrollLoops: 'pragma',
}
