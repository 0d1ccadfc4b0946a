/**
 * Dawn, loaded when the first device is asked for, and the `GPU` objects made from it.
 *
 * A `GPU` object must outlive every device that it led to, and Dawn's own threads: one that is garbage-collected ends the process with a
 * futex error or a segmentation fault, even after all of its devices were destroyed. So each is kept until the process ends, which they don't
 * delay, and there is one for each way of making them.
 */
const pinned = new Map<string, GPU>()

/**
 * Dawn's toggles: without quantization timestamps have the clock's own resolution instead of 65.5 µs, and f16 is off on NVIDIA unless
 * asked for.
 */
const options = [
  'enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia',
  'disable-dawn-features=timestamp_quantization',
]

/**
 * @param drivers names the set of Vulkan drivers that the environment offers now: Dawn reads it when the first adapter is requested.
 * @param adapterName a part of the name of the only adapter that it shall see.
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
