/** The class of a failure, from the error and the stage in which it was thrown. */
import { LaunchError, LoweringError } from '@qernel/codegen'
import { OutOfBoundsWriteError, UnwrittenOutputError } from '@qernel/runtime'
import { ScheduleRefusal, StepSyntaxError } from '@qernel/schedule'
import type { OutcomeClass } from '../outcome.ts'

/** What a candidate goes through. `lower` occupies the whole process; several may `load` at a time; one at a time may `run`. */
export type Stage = 'lower' | 'load' | 'run'

const refusals = [ScheduleRefusal, StepSyntaxError, LoweringError, LaunchError]
const wrongWrites = [OutOfBoundsWriteError, UnwrittenOutputError]

export function failureClass(stage: Stage, error: unknown): OutcomeClass {
  if (refusals.some(each => error instanceof each)) return 'refused'
  if (stage !== 'run') return 'compile error'
  return wrongWrites.some(each => error instanceof each) ? 'wrong result' : 'launch error'
}

/** One line. Errors from elsewhere say little without their name. */
export function problemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error).split('\n')[0] as string
  const [message = ''] = error.message.split('\n')
  return /^(Type|Range|Reference|Syntax)?Error$/.test(error.name) ? `${error.name}: ${message}` : message
}
