import type { Kernel, Nest } from '@qernel/dsl'
import { applySchedule } from './apply-schedule.ts'
import type { Step } from './transform.ts'

/** A schedule under construction in TypeScript: `schedule(kernel).apply(tile({ t: 16, d: 16 }), vectorize({ d: 4 }))`. */
export interface ScheduleBuilder {
  readonly steps: readonly Step[]
  /** Adds steps; a step that does not apply throws immediately. */
  apply(...steps: readonly Step[]): ScheduleBuilder
  /** The nest so far. */
  readonly nest: Nest
}

/**
 * Starts a schedule: `schedule(kernel).apply(tile({ t: 16, d: 64 }), vectorize({ d: 4 }))`. A step that does not apply
 * throws `ScheduleRefusal`.
 */
export function schedule(kernel: Kernel, steps: readonly Step[] = []): ScheduleBuilder {
  const applied = applySchedule(kernel, steps)
  return { steps, nest: applied.nest, apply: (...more) => schedule(kernel, [...steps, ...more]) }
}
