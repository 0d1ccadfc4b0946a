/** SwiftShader, a Vulkan driver that runs on the CPU, with a Vulkan loader; both from npm. */
export { SoftwareDriverError } from './errors.ts'
export { installSoftwareDriver, loadVulkanLoader } from './install.ts'
export { type SoftwareDriver, unpackSoftwareDriver } from './unpack.ts'
