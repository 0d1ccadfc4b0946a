/** The limits that devices are opened with: all that the adapter has of what kernels use. */
const limits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupStorageSize',
] as const satisfies readonly (keyof GPUSupportedLimits)[]

const features: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16']

/**
 * What to ask an adapter for, so that kernels may use all that it has of limits and features: `adapter.requestDevice(requiredOf(adapter))`.
 * Anything less works too.
 */
export const requiredOf = (
  adapter: GPUAdapter,
): { readonly requiredFeatures: GPUFeatureName[]; readonly requiredLimits: Record<string, number> } => ({
  requiredFeatures: features.filter(feature => adapter.features.has(feature)),
  requiredLimits: Object.fromEntries(limits.map(limit => [limit, adapter.limits[limit]])),
})
