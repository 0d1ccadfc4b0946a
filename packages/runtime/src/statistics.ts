import type { KernelTime } from './device.ts'

/** Median and percentiles of measured durations, interpolated between neighbors. There must be at least one duration. */
export function kernelTime(samples: readonly number[], clock: KernelTime['clock']): KernelTime {
  const sorted = [...samples].sort((a, b) => a - b)
  const quantile = (share: number) => {
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)] as number
    const above = sorted[Math.ceil(position)] as number
    return below + (above - below) * (position - Math.floor(position))
  }
  return { medianMs: quantile(0.5), p20: quantile(0.2), p80: quantile(0.8), samples, clock }
}
