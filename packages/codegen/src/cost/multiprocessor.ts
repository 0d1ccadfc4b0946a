/** What a multiprocessor holds and issues, and how many threads of a kernel it keeps at once. */

/** The limits of one multiprocessor. */
export interface Multiprocessor {
  readonly threads: number
  readonly workgroups: number
  /** 32-bit registers, handed out to warps in units of `registerUnit`. */
  readonly registers: number
  readonly registerUnit: number
  readonly registersPerThread: number
  readonly sharedBytes: number
  /** Shared memory that the system takes for each workgroup. */
  readonly reservedBytes: number
}

/**
 * Compute capability 9.0 (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"). Other GPUs differ in the numbers and hardly in which of two schedules
 * is limited, and WebGPU does not tell them.
 */
export const usualMultiprocessor: Multiprocessor = {
  ...{ threads: 2048, workgroups: 32, registers: 65536, registerUnit: 256, registersPerThread: 255 },
  ...{ sharedBytes: 228 * 1024, reservedBytes: 1024 },
}

export type OccupancyLimit = 'threads' | 'workgroups' | 'registers' | 'shared memory'

/** How many threads are resident, and what allows no more. */
export interface Occupancy {
  /** Threads of one multiprocessor. */
  readonly threads: number
  /** Their share of the most that it holds, 0 to 1. */
  readonly share: number
  readonly limit: OccupancyLimit
}

const warpThreads = 32

/**
 * @param threads of one workgroup
 * @param registers of one thread
 * @param sharedBytes of one workgroup
 */
export function occupancyOf(
  threads: number,
  registers: number,
  sharedBytes: number,
  most: Multiprocessor = usualMultiprocessor,
): Occupancy {
  const warps = Math.ceil(threads / warpThreads)
  const perWarp = Math.ceil((Math.min(registers, most.registersPerThread) * warpThreads) / most.registerUnit)
  const fits: readonly (readonly [OccupancyLimit, number])[] = [
    ['threads', Math.floor(most.threads / (warps * warpThreads))],
    ['workgroups', most.workgroups],
    ['registers', Math.floor(most.registers / (perWarp * most.registerUnit * warps))],
    ['shared memory', Math.floor(most.sharedBytes / (sharedBytes + most.reservedBytes))],
  ]
  const [limit, workgroups] = fits.reduce((least, each) => (each[1] < least[1] ? each : least))
  const resident = Math.min(most.threads, workgroups * threads)
  return { threads: resident, share: resident / most.threads, limit }
}
