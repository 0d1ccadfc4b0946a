import { LaunchError, LoweringError } from '@qernel/codegen'
import { DefinitionError, InputError } from '@qernel/dsl'
import { scheduleError } from './schedule-error.ts'
import { UsageError } from './usage-error.ts'

/**
 * Turns a refusal from compiling a kernel or binding its sizes into a usage error; any other error is a bug and is returned unchanged.
 * @param schedule how the schedule was written, for messages
 */
export function compileError(error: unknown, schedule: string): unknown {
  if (error instanceof LoweringError) return new UsageError({ what: error.message, where: schedule }, { cause: error })
  if (error instanceof LaunchError) return launchError(error, schedule)
  if (error instanceof DefinitionError || error instanceof InputError) {
    return new UsageError({ what: error.message }, { cause: error })
  }
  return scheduleError(error, schedule)
}

function launchError(error: LaunchError, schedule: string): UsageError {
  const hint =
    error.code === 'size-requirement'
      ? 'the schedule naive takes every size'
      : error.code === 'device-limit'
        ? 'select a part of the input, such as x=FILE.npy[0:1024], or take a device with more'
        : undefined
  return new UsageError(
    { what: error.message, where: schedule, ...(hint === undefined ? {} : { hint }) },
    { cause: error },
  )
}
