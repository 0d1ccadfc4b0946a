import type { Kernel } from '@qernel/dsl'
import { expect } from 'vitest'
import { applySchedule, parseSteps, ScheduleRefusal } from '../../src/index.ts'

/** The refusal of the last step of a schedule. */
export function refusal(kernel: Kernel, steps: string, fixed: Readonly<Record<string, number>> = {}): ScheduleRefusal {
  try {
    applySchedule(kernel, parseSteps(steps), { fixed: new Map(Object.entries(fixed)) })
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    expect(error.step).toBe(parseSteps(steps).length)
    return error
  }
  throw new Error(`nothing was refused in ${steps}`)
}
