import type { Kernel } from '@qernel/dsl'
import { expect } from 'vitest'
import { applySchedule, parseSteps, type ScheduleOptions, ScheduleRefusal } from '../../src/index.ts'

/** The refusal of the last step of a schedule. */
export function refusal(
  kernel: Kernel,
  steps: string,
  fixed: Readonly<Record<string, number>> = {},
  options: ScheduleOptions = {},
): ScheduleRefusal {
  const error = refusalAnywhere(kernel, steps, { ...options, fixed: new Map(Object.entries(fixed)) })
  expect(error.step).toBe(parseSteps(steps).length)
  return error
}

/** The refusal of any step of a schedule. */
export function refusalAnywhere(kernel: Kernel, steps: string, options: ScheduleOptions): ScheduleRefusal {
  try {
    applySchedule(kernel, parseSteps(steps), options)
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    return error
  }
  throw new Error(`nothing was refused in ${steps}`)
}

/** The limits that WebGPU guarantees on every device, where only words are addressable. */
export const portable = {
  nativeTypes: new Set(['f32', 'i32', 'u32']),
  limits: { workgroupThreads: 256, workgroupSize: [256, 256, 64], sharedBytes: 16384, storageBuffers: 8 },
  hasSubgroups: false,
} as const satisfies ScheduleOptions
