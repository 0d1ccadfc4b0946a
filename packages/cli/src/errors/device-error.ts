import {
  ArgumentError,
  DeviceLostError,
  DeviceMemoryError,
  DeviceOperationError,
  KernelCompileError,
  KernelDidNotRunError,
  NoDeviceError,
  OutOfBoundsWriteError,
  UnwrittenOutputError,
} from '@qernel/runtime'
import { printedCommand } from '../report/printed-command.ts'
import { FailedCheck, UsageError } from './usage-error.ts'

type ErrorClass = abstract new (...args: never[]) => Error

interface Meaning {
  readonly error: ErrorClass
  /** Whether the input or the machine is at fault, or a check of the device's results failed. */
  readonly as: typeof UsageError | typeof FailedCheck
  readonly hint?: string
  /** Set if the hint differs between commands. */
  readonly hintOf?: keyof DeviceHints
}

/** Hints for a missing device, or for too little memory; they differ between commands. */
export interface DeviceHints {
  readonly noDevice?: string
  readonly memory?: string
}

const hintsOfRun: DeviceHints = {
  noDevice: '--device reference needs no device',
  memory: 'select a part of the input, such as x=FILE.npy[0:1024]',
}

const report = `try --device webgpu --adapter software, and report what ${printedCommand('doctor')} shows`

const meanings: readonly Meaning[] = [
  { error: NoDeviceError, as: UsageError, hintOf: 'noDevice' },
  { error: ArgumentError, as: UsageError },
  { error: DeviceMemoryError, as: UsageError, hintOf: 'memory' },
  {
    error: DeviceLostError,
    as: UsageError,
    hint: 'the driver failed; try --device webgpu --adapter software, or a smaller input',
  },
  { error: DeviceOperationError, as: FailedCheck, hint: report },
  { error: KernelCompileError, as: FailedCheck, hint: report },
  { error: KernelDidNotRunError, as: FailedCheck, hint: report },
  { error: OutOfBoundsWriteError, as: FailedCheck, hint: 'the result is discarded; please report the schedule' },
  { error: UnwrittenOutputError, as: FailedCheck, hint: 'the result is discarded; please report the schedule' },
]

/** The error of a worker process, from its name and message, as `deviceError` gives it. */
export function workerError(name: string, message: string): Error {
  const meaning = meanings.find(each => each.error.name === name)
  const [what = '', ...details] = message.split('\n')
  const hint = meaning?.hintOf === undefined ? meaning?.hint : hintsOfWorker[meaning.hintOf]
  return new UsageError({ what, ...(details.length > 0 ? { details } : {}), ...(hint === undefined ? {} : { hint }) })
}

const hintsOfWorker: DeviceHints = {
  noDevice: 'a software adapter will do: --device webgpu',
  memory: 'take smaller --sizes',
}

/** Turns a device error into an error of the command, with quoted lines as details; any other error is returned unchanged. */
export function deviceError(error: unknown, hints: DeviceHints = hintsOfRun): unknown {
  if (!(error instanceof Error)) return error
  const meaning = meanings.find(each => error instanceof each.error)
  if (meaning === undefined) return error
  const { as: CommandError, hintOf } = meaning
  const hint = hintOf === undefined ? meaning.hint : hints[hintOf]
  const [what = '', ...details] = error.message.split('\n')
  return new CommandError(
    { what, ...(details.length > 0 ? { details } : {}), ...(hint === undefined ? {} : { hint }) },
    { cause: error },
  )
}
