import { setImmediate } from 'node:timers/promises'
import type { Target, TargetName } from '@qernel/codegen'
import { affine, type Kernel } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { applySchedule, type Step } from '@qernel/schedule'
import {
  type Case,
  CheckError,
  checkSchedule,
  isValueClass,
  type ScheduleCheckOptions,
  type ValueClass,
  valueClasses,
} from '@qernel/testing'
import { simulatedMachines, triesEnough } from '@qernel/testing/internal'
import { elementTypeOption, kernelArgument } from '../../arguments/kernel.ts'
import { scheduleOptions } from '../../arguments/schedule.ts'
import { scheduleForSizes } from '../../arguments/schedule-for-sizes.ts'
import { sizeOptions } from '../../arguments/sizes.ts'
import { TUNED_SCHEDULE } from '../../arguments/tuned-schedule.ts'
import { compileError } from '../../errors/compile-error.ts'
import { deviceError } from '../../errors/device-error.ts'
import { UsageError, unknownName } from '../../errors/usage-error.ts'
import type { OptionValues, RunCommand } from '../../frame/command.ts'
import { awaitInterruption } from '../../frame/interruption.ts'
import { targetNamed, targetOf } from '../../targets.ts'
import type { checkOptions } from './options.ts'
import { failureJson, failureText, reportText, stoppedText } from './report.ts'

type Options = OptionValues<typeof checkOptions>

export const check: RunCommand<typeof checkOptions> = async ({
  positionals: [name = ''],
  options: given,
  progress,
  step,
}) => {
  const { library, options, origin } = await kernelArgument(name, given)
  const kernel = library.define(elementTypeOption(options.type, library))
  const values = valuesOption(options.values)
  const chosen = scheduleOptions(options, library, kernel)
  const cases = wholeNumber('--cases', options.cases) ?? 200
  if (cases === 0)
    throw new UsageError({ what: 'nothing to check: 0 cases', where: '--cases', allowed: 'a number of at least 1' })
  const seed = wholeNumber('--seed', options.seed) ?? Math.floor(Math.random() * 1e9)
  const devices: Device[] = []
  const interruption = awaitInterruption(signal =>
    progress(`${signal}: stopping after the current program; a second signal stops immediately`),
  )
  try {
    const target = await targetFor(options)
    // Only a tuned schedule depends on the device; other faults are reported before a driver is loaded.
    if (options.schedule === TUNED_SCHEDULE) await openDevices(options, devices)
    const [onDevice] = devices
    const { fixed: known, schedule } = scheduleForSizes(options, library, kernel, target, progress, onDevice?.name)
    const fixed = Object.fromEntries(known)
    const only = onlyOption({ ...options, values }, kernel, fixed, seed)
    if (only !== undefined) for (const line of raisedSizes(kernel, schedule.steps, known, only)) progress(line)
    if (devices.length === 0) await openDevices(options, devices)
    const shared: ScheduleCheckOptions = {
      cases,
      seed,
      devices,
      compose: !options.alone,
      onProgress: report => step(`${report.cases} of ${cases} cases`),
      // Signals are handled between turns of the event loop.
      shouldStop: () => setImmediate(false).then(() => interruption.signal() !== undefined),
      // A schedule that fits CUDA need not fit the shared memory that WebGPU guarantees.
      ...(target.name === 'cuda' && { simulated: simulatedMachines.filter(({ target: { name } }) => name === 'cuda') }),
      ...(options.set.length > 0 && { fixed }),
      ...(only && { only }),
    }
    const report = await checkSchedule(kernel, schedule.steps, shared)
    const stop = interruption.signal()
    if (stop !== undefined && report.cases < cases)
      return {
        exitCode: stop.exitCode,
        text: stoppedText(report, { seed, cases, signal: stop.name }),
        json: { ...report, seed, failure: null, stoppedBy: stop.name },
      }
    const isEnough = triesEnough(report)
    const json = { ...report, isEnough, seed, failure: null }
    return { exitCode: isEnough ? 0 : 1, text: reportText(report, seed), json }
  } catch (error) {
    if (error instanceof CheckError) {
      const words = { kernel: name, parameters: origin?.parameters ?? [], options }
      return { exitCode: 1, text: failureText(error.failure, words), json: failureJson(error.failure, words) }
    }
    throw deviceError(compileError(error, chosen.where), { noDevice: 'without --device cases are simulated' })
  } finally {
    interruption.release()
    for (const device of devices) await device.close()
  }
}

/** The target of the schedule. A schedule for WGSL, which guarantees less, is then tried on targets of all kinds. */
async function targetFor({ target, device }: Options): Promise<Target> {
  const [kind = 'webgpu', ...others] = new Set(device as readonly Device['kind'][])
  const wanted =
    target !== undefined ? targetNamed(target as TargetName) : targetOf(others.length === 0 ? kind : 'webgpu')
  return (await wanted.load()).portableTarget
}

async function openDevices({ device: kinds, adapter }: Options, into: Device[]): Promise<void> {
  if (adapter !== undefined && kinds.length === 0)
    throw new UsageError({
      what: '--adapter is given without --device',
      where: '--adapter',
      allowed: ['--device webgpu', '--device cuda'],
    })
  if (kinds.length === 0) return
  const { openDevice } = await import('@qernel/runtime')
  for (const kind of new Set(kinds as readonly Device['kind'][]))
    into.push(await openDevice({ kind, ...(adapter === undefined ? {} : { adapter }) }))
}

/** A single case, if its values or one of its sizes are given: then all of it must be given. */
function onlyOption(
  { at, values, seed: text }: Pick<Options, 'at' | 'seed'> & { readonly values: ValueClass | undefined },
  kernel: Kernel,
  fixed: Readonly<Record<string, number>>,
  seed: number,
): Case | undefined {
  if (at.length === 0 && values === undefined) return undefined
  const sizes = { ...Object.fromEntries(sizeOptions(at, kernel, text => `--at ${text}`)), ...fixed }
  const missing = kernel.sizes.filter(({ name }) => !(name in sizes)).map(({ name }) => `--at ${name}=N`)
  if (values === undefined) missing.push('--values CLASS')
  if (text === undefined) missing.push('--seed S')
  if (missing.length > 0 || values === undefined)
    throw new UsageError({ what: 'a single case needs more options', allowed: missing })
  for (const { name, dims } of kernel.tensors) {
    const elements = dims.reduce<number>(
      (product, dim) => product * affine.extentValue(dim, new Map(Object.entries(sizes))),
      1,
    )
    if (elements <= mostElements) continue
    throw new UsageError({
      what: `${name} would have ${elements} elements, too many to interpret and simulate`,
      where: '--at',
      allowed: `sizes that give no array more than ${mostElements} elements`,
    })
  }
  return { sizes, values, seed }
}

/** @throws UsageError for an unknown class of values */
function valuesOption(text: string | undefined): ValueClass | undefined {
  if (text === undefined || isValueClass(text)) return text
  throw unknownName('values', text, valueClasses, { where: `--values ${text}` })
}

/**
 * The sizes to test in place of sizes that break an assumption of the schedule, which every launch would refuse.
 * @throws ScheduleRefusal if a step does not apply
 */
function raisedSizes(
  kernel: Kernel,
  steps: readonly Step[],
  fixed: ReadonlyMap<string, number>,
  { sizes }: Case,
): string[] {
  return applySchedule(kernel, steps, { fixed }).nest.assumptions.flatMap(({ size, multipleOf, because }) => {
    const value = sizes[size] ?? 0
    if (fixed.has(size) || value % multipleOf === 0) return []
    return [`${size}=${value} is raised to a multiple of ${multipleOf}: assumed by ${because}`]
  })
}

/** The most elements that the interpreter and the simulators can process in minutes, and that fit in memory. */
const mostElements = 2 ** 24

function wholeNumber(where: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text)
  throw new UsageError({
    what: `'${text}' is not a whole number`,
    where,
    allowed: 'a whole number from 0 to 4294967295',
  })
}
