import type { Target } from '@qernel/codegen'

/** The default limits, which every WebGPU device has. Division is `native`, although WGSL does not promise that it is exact. */
export const portableWgsl: Target = {
  name: 'wgsl',
  numerics: { division: 'native', constantDivisorExact: false, contracts: true, reassociates: true, fusedFma: false },
  limits: {
    workgroupThreads: 256,
    workgroupSize: [256, 256, 64],
    workgroupsPerDimension: [65535, 65535, 65535],
    sharedBytes: 16384,
    storageBuffers: 8,
    bindingBytes: 134217728,
  },
  nativeTypes: new Set(['f32', 'i32', 'u32']),
  vectorArithmetic: true,
  unrollLoops: 'copies',
}
