/** What was run on the visitor's GPU, as signals. */
import { type Signal, signal } from '@preact/signals'
import type { Check, DeviceFacts, Measurement } from '../run/messages.ts'

/** One schedule that was run. */
export interface RunResult {
  readonly check?: Check
  readonly measurement?: Measurement
}

export interface RunModel {
  readonly isRunning: Signal<boolean>
  /** What is done, or why nothing was. */
  readonly text: Signal<string>
  readonly device: Signal<DeviceFacts | undefined>
  /** By the name of the schedule; empty for the visitor's own. */
  readonly results: Signal<ReadonlyMap<string, RunResult>>
}

export const createRunModel = (): RunModel => ({
  isRunning: signal(false),
  text: signal(''),
  device: signal(undefined),
  results: signal(new Map()),
})

/** What a schedule is called; the visitor's own has no name. */
export const shownName = (name: string): string => name || 'your own'
