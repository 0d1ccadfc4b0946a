/** The limits that matter to kernels. Devices are opened with the adapter's values for them. */
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
 * The limits and features to request from an adapter so that kernels can use all that it offers: `adapter.requestDevice(requiredOf(adapter))`.
 * Devices with fewer also work.
 */
export const requiredOf = (
  adapter: GPUAdapter,
): { readonly requiredFeatures: GPUFeatureName[]; readonly requiredLimits: Record<string, number> } => ({
  requiredFeatures: features.filter(feature => adapter.features.has(feature)),
  requiredLimits: Object.fromEntries(limits.map(limit => [limit, adapter.limits[limit]])),
})
