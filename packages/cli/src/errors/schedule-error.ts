import { likelyMeant } from '@qernel/dsl/internal'
import { renderRefusal, ScheduleRefusal, StepSyntaxError } from '@qernel/schedule'
import { UsageError } from './usage-error.ts'

/** Turns the reason why a schedule cannot be read or does not apply into a usage error; any other error is returned unchanged. */
export function scheduleError(error: unknown, where: string): unknown {
  if (error instanceof StepSyntaxError) return syntaxError(error, where)
  return error instanceof ScheduleRefusal ? refusalError(error, where) : error
}

/** The text with a caret under the position becomes the details; a message of one line has none. */
function syntaxError(error: StepSyntaxError, where: string): UsageError {
  const [first = '', ...rest] = error.message.split('\n')
  if (rest.length === 0) return new UsageError({ what: `not a schedule: ${first}`, where }, { cause: error })
  return new UsageError({ what: 'cannot read the steps', where, details: [first, ...rest] }, { cause: error })
}

function refusalError(error: ScheduleRefusal, where: string): UsageError {
  const { refusal, step, stepText, nest } = error
  // The rendered refusal without its choices, which are a separate part here.
  const [what = '', ...details] = renderRefusal({ ...refusal, alternatives: [] }, step, stepText, nest).split('\n')
  const { alternatives } = refusal
  const unknown =
    refusal.code === 'unknown-transform' ? likelyMeant(stepText.replace(/\(.*/s, ''), alternatives) : undefined
  return new UsageError(
    {
      what,
      where,
      ...(details.length > 0 ? { details: details.map(line => line.replace(/^ {4}/, '')) } : {}),
      ...(alternatives.length > 0 ? { allowed: alternatives } : {}),
      ...(unknown === undefined ? {} : { nearest: unknown }),
    },
    { cause: error },
  )
}
