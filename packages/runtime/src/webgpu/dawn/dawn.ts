/**
 * Loads Dawn when the first device is requested, and makes `GPU` objects.
 *
 * A `GPU` object must outlive all devices made from it, and Dawn's own threads. If it is garbage-collected, the process ends with a futex
 * error or a segmentation fault, even after all its devices were destroyed. So this map keeps each object until the process ends (which they
 * do not delay), and there is one per set of options.
 */
const pinned = new Map<string, GPU>()

/**
 * Dawn's toggles. Without quantization, timestamps have the resolution of the clock instead of 65.5 µs. On NVIDIA, f16 is off unless it is
 * enabled here.
 */
const options = [
  'enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia',
  'disable-dawn-features=timestamp_quantization',
]

/**
 * @param drivers a name for the Vulkan drivers that the environment variables select now; Dawn reads those when the first adapter is requested.
 * @param adapterName a part of an adapter's name; Dawn then offers only that adapter.
 */
export async function dawn(drivers: string, adapterName?: string): Promise<GPU> {
  const key = JSON.stringify([drivers, adapterName])
  const existing = pinned.get(key)
  if (existing !== undefined) return existing
  const { create } = await import('webgpu')
  const gpu = create(adapterName === undefined ? options : [...options, `adapter=${adapterName}`])
  pinned.set(key, gpu)
  return gpu
}
