import type { Numerics, Target } from '@qernel/codegen'

export function webgpuTarget(device: GPUDevice, info: GPUAdapterInfo, numerics: Numerics): Target {
  const { limits } = device
  const { subgroupMinSize: min, subgroupMaxSize: max } = info
  const hasSubgroups = device.features.has('subgroups') && min !== undefined && max !== undefined
  const workgroups = limits.maxComputeWorkgroupsPerDimension
  return {
    name: 'wgsl',
    numerics,
    limits: {
      workgroupThreads: limits.maxComputeInvocationsPerWorkgroup,
      workgroupSize: [
        limits.maxComputeWorkgroupSizeX,
        limits.maxComputeWorkgroupSizeY,
        limits.maxComputeWorkgroupSizeZ,
      ],
      workgroupsPerDimension: [workgroups, workgroups, workgroups],
      sharedBytes: limits.maxComputeWorkgroupStorageSize,
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
      // A binding must hold whole words, but the limit may be any number (NVIDIA's is 2 GiB − 4).
      bindingBytes: Math.floor(Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4) * 4,
    },
    ...(hasSubgroups ? { subgroup: { min, max } } : {}),
    nativeTypes: new Set(['f32', 'i32', 'u32']),
    vectorArithmetic: true,
    unrollLoops: 'copies',
  }
}
