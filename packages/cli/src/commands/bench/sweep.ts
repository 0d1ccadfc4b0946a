/** Measures all subjects on all devices, one after another. A lost device is reopened, and the remaining schedules are measured. */
import { BenchmarkEnded, type BenchSettings, benchmark, type Subject, type SubjectResult } from '@qernel/bench'
import { ceilingResult, mixes, openCeiling, runInterleaved } from '@qernel/bench/internal'
import { type Device, DeviceLostError } from '@qernel/runtime'
import { compileError } from '../../errors/compile-error.ts'
import { deviceError } from '../../errors/device-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { Pulse } from './pulse.ts'
import type { BenchResults, MeasuredCeiling, MeasuredSubject, MissingPart } from './results.ts'
import { sizeName, subjectName } from './results.ts'
import { isFoundAnew, type Rows } from './rows.ts'
import { operationsPerElement } from './subjects.ts'
import type { SweepProgress } from './sweep-progress.ts'

export interface SweepRequest {
  readonly kinds: readonly Device['kind'][]
  /** @throws UsageError if there is no such device */
  open(kind: Device['kind']): Promise<Device>
  subjectsOn(device: Device): readonly Subject[]
  settingsOn(device: Device): BenchSettings
  readonly rows: Rows
  readonly progress: SweepProgress
  readonly pulse: Pulse
  shouldStop(): boolean
}

export type SweepResults = Pick<BenchResults, 'devices' | 'subjects' | 'ceilings'> & {
  readonly settings: BenchSettings | undefined
  readonly missing: readonly MissingPart[]
  readonly unmeasured: number
}

export const deviceHints = { noDevice: 'a software adapter will do: --device webgpu', memory: 'take smaller --sizes' }

/** @throws UsageError if a device is missing; if nothing at all was measured, the error that prevented the first measurement */
export async function sweep(request: SweepRequest): Promise<SweepResults> {
  const devices: BenchResults['devices'][number][] = []
  const subjects: MeasuredSubject[] = []
  const ceilings: MeasuredCeiling[] = []
  const missing: MissingPart[] = []
  let unmeasured = 0
  let settings: BenchSettings | undefined
  let firstError: unknown
  const miss = (device: Device['kind'], error: unknown, subject?: string) => {
    firstError ??= error
    const { message } = error instanceof Error ? error : { message: String(error) }
    missing.push({ device, ...(subject === undefined ? {} : { subject }), problem: message.split('\n')[0] as string })
  }

  // A missing device is reported now, not after the previous one has been measured for hours.
  for (const kind of request.kinds.slice(1)) await (await request.open(kind)).close()

  for (const [position, kind] of request.kinds.entries()) {
    const seat = new DeviceSeat(() => request.open(kind), request.progress.say)
    let device: Device
    try {
      device = await seat.open()
    } catch (error) {
      miss(kind, error)
      continue
    }
    try {
      devices.push({ kind, name: device.name, driver: device.driver, isSoftware: device.isSoftware })
      settings = request.settingsOn(device)
      const own = request.subjectsOn(device)
      const found = await measureSubjects(seat, own, settings, request, (error, subject) => miss(kind, error, subject))
      subjects.push(...found)
      const isStopped = request.shouldStop()
      // The same schedules remain unmeasured on the other devices.
      unmeasured += countSchedules(own) * (isStopped ? request.kinds.length - position : 1) - countSchedules(found)
      if (isStopped) break
      if (seat.device !== undefined) ceilings.push(...(await otherCeilings(seat.device, found, settings, request)))
    } catch (error) {
      // Rows can no longer be written.
      if (error instanceof UsageError) throw error
      miss(kind, readable(error))
    } finally {
      await seat.leave()
    }
  }
  if (subjects.length === 0 && firstError !== undefined) throw firstError
  return { devices, subjects, ceilings, settings, missing, unmeasured }
}

const countSchedules = (all: readonly { readonly schedules: readonly unknown[] }[]): number =>
  all.reduce((sum, { schedules }) => sum + schedules.length, 0)

const readable = (error: unknown): unknown => compileError(deviceError(error, deviceHints), '--schedule')

/** A device that is reopened when it is lost. */
class DeviceSeat {
  readonly #open: () => Promise<Device>
  readonly #say: (line: string) => void
  #device: Device | undefined

  constructor(open: () => Promise<Device>, say: (line: string) => void) {
    this.#open = open
    this.#say = say
  }

  /** Undefined if it was lost for good. */
  get device(): Device | undefined {
    return this.#device
  }

  async open(): Promise<Device> {
    this.#device = await this.#open()
    return this.#device
  }

  /** @throws what opening throws: a process cannot continue with a broken CUDA context */
  async renew(because: DeviceLostError): Promise<Device> {
    await this.leave()
    this.#say(`${because.message}; opening the device again`)
    return this.open()
  }

  async leave(): Promise<void> {
    const device = this.#device
    this.#device = undefined
    await device?.close()
  }
}

/** Ends early if the device was lost for good, or on a signal. */
async function measureSubjects(
  seat: DeviceSeat,
  subjects: readonly Subject[],
  settings: BenchSettings,
  { rows, progress, pulse, shouldStop }: SweepRequest,
  miss: (error: unknown, subject?: string) => void,
): Promise<MeasuredSubject[]> {
  const found: MeasuredSubject[] = []
  progress.expect(subjects)
  for (let next = 0; next < subjects.length && seat.device !== undefined && !shouldStop(); ) {
    const { device } = seat
    const subject = subjects[next] as Subject
    const { known, add, isSuspect, begin, preparing, endsIn } = rows.of(device, subject, settings)
    pulse.of(device)
    let news = 0
    const { result, error } = await attempt(device, subject, {
      ...settings,
      known,
      isSuspect,
      onBatch: schedules => {
        const end = begin(schedules)
        pulse.compiling(schedules.length)
        return () => {
          end()
          pulse.idle()
        }
      },
      onPrepare: schedule => {
        pulse.preparing(preparing(schedule))
        return endsIn(schedule)
      },
      onTurn: schedule => pulse.turn(schedule),
      onResult: (result, reference) => {
        if (result.failure !== 'refused' && !isFoundAnew(result)) news++
        add(result, reference)
      },
      onProgress: progress.of(subject, device),
      shouldStop,
    })
    // If nothing had been measured or blamed by then, no schedule is to blame, and it would happen again.
    const isToBlame = error instanceof DeviceLostError && news > 0
    if (error !== undefined && !isToBlame) miss(readable(error), subjectName(result))
    const isGone = error instanceof DeviceLostError && !(await renewed(seat, error, miss))
    if (isToBlame && !isGone && !shouldStop()) continue
    const operations = operationsPerElement(subject.kernel, subject.wide)
    if (result.schedules.length > 0) found.push({ device: device.kind, ...result, operationsPerElement: operations })
    next++
  }
  return found
}

/** Whether it could be opened again. */
async function renewed(seat: DeviceSeat, error: DeviceLostError, miss: (error: unknown) => void): Promise<boolean> {
  try {
    await seat.renew(error)
    return true
  } catch (reason) {
    miss(reason)
    return false
  }
}

/** @throws UsageError if results cannot be written, since all further ones would be lost */
async function attempt(
  ...request: Parameters<typeof benchmark>
): Promise<{ readonly result: SubjectResult; readonly error?: unknown }> {
  try {
    return { result: await benchmark(...request) }
  } catch (error) {
    if (!(error instanceof BenchmarkEnded)) throw error
    if (error.cause instanceof UsageError) throw error.cause
    return { result: error.result, error: error.cause }
  }
}

/** Reads, copies and fills arrays as large as those of the kernels, for mixes that no kernel has. */
async function otherCeilings(
  device: Device,
  subjects: readonly MeasuredSubject[],
  settings: BenchSettings,
  { rows, shouldStop }: SweepRequest,
): Promise<MeasuredCeiling[]> {
  const found: MeasuredCeiling[] = []
  const measured = subjects.filter(({ ceiling }) => ceiling !== undefined)
  const done = new Set(measured.map(each => `${sizeName(each.sizes)} ${each.element} ${each.ceiling?.mix}`))
  for (const { sizes, element, bytes } of measured) {
    const size = sizeName(sizes)
    for (const mix of mixes.filter(({ name }) => ['read', 'copy', 'fill'].includes(name))) {
      const key = `${size} ${element} ${mix.name}`
      if (done.has(key) || shouldStop()) continue
      done.add(key)
      const known = rows.ceiling(device, settings, { size, element, mix: mix.name })
      if (known !== undefined) {
        found.push(known)
        continue
      }
      const wide = Math.max(bytes.reads, bytes.writes)
      const ceiling = await openCeiling(device, mix, wide, Math.min(5, settings.repeats), settings.warmup > 0)
      try {
        const samples = await runInterleaved(ceiling.candidates, settings.rounds, settings.repeats)
        const result = { device: device.kind, size, element, ...ceilingResult(ceiling, samples) }
        rows.addCeiling(device, settings, result)
        found.push(result)
      } finally {
        ceiling.free()
      }
    }
  }
  return found
}
