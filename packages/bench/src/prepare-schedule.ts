/** Prepares a schedule for a device: its compiled kernel, or the reason why there is none. */
import { type CompiledKernel, LaunchError, LoweringError } from '@qernel/codegen'
import { type Device, DeviceLostError, OutOfBoundsWriteError, UnwrittenOutputError } from '@qernel/runtime'
import { type Schedule, ScheduleRefusal, type Step, StepSyntaxError } from '@qernel/schedule'
import { codeOf, compile } from './load-kernel.ts'
import type { ScheduleResult } from './results.ts'
import type { Subject } from './subject.ts'

/** A schedule that compiles. */
export interface Prepared {
  readonly name: string
  readonly steps: readonly Step[]
  readonly compiled: CompiledKernel
  readonly code: string
}

/** Applies and compiles a schedule for a device; nothing is loaded. */
export function prepare(device: Device, subject: Subject, schedule: Schedule): Prepared | ScheduleResult {
  const { name } = schedule
  const { kernel, sizes, open } = subject
  const fixed = new Map([...sizes].filter(([size]) => size !== open))
  let steps: readonly Step[] = []
  try {
    steps = schedule.steps({
      kernel,
      target: device.target,
      fixed,
      device: device.name,
      launch: new Map([[open, sizes.get(open) as number]]),
    })
    const compiled = compile(device, kernel, steps, sizes, open)
    return { name, steps, compiled, code: codeOf(compiled) }
  } catch (error) {
    return withProblem({ schedule: name, steps }, error)
  }
}

/** The result of a schedule that was not measured. */
export function withProblem(own: Pick<ScheduleResult, 'schedule' | 'steps' | 'code'>, error: unknown): ScheduleResult {
  const isRefusal = refusals.some(each => error instanceof each)
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  // Errors from elsewhere say little without their name.
  const problem =
    error instanceof Error && /^(Type|Range|Reference|Syntax)?Error$/.test(error.name)
      ? `${error.name}: ${message}`
      : message
  const isWrong = wrongWrites.some(each => error instanceof each)
  const failure = isRefusal ? 'refused' : error instanceof DeviceLostError ? 'lost' : isWrong ? 'wrong' : 'failed'
  return { ...own, problem, failure }
}

const wrongWrites = [OutOfBoundsWriteError, UnwrittenOutputError]
const refusals = [ScheduleRefusal, StepSyntaxError, LoweringError, LaunchError]
