import { LoweringError } from '@qernel/codegen'
import { DeviceLostError } from '@qernel/runtime/webgpu'
import { ScheduleRefusal } from '@qernel/schedule'
import type { Stopped } from './messages.ts'

/** Why something did not run, from what was thrown. */
export function stopped(error: unknown): Stopped {
  const as = (reason: Stopped['reason'], message: string): Stopped => ({ kind: 'stopped', reason, message })
  if (error instanceof DeviceLostError) return as('lost', error.message)
  if (error instanceof ScheduleRefusal)
    return as('refused', `This device cannot run the schedule: ${error.refusal.message}`)
  if (error instanceof LoweringError) return as('refused', `This device cannot run the schedule: ${error.message}`)
  return as('failed', error instanceof Error ? `${error.name}: ${error.message}` : String(error))
}
