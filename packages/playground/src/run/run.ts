/** Works on a request to run something, and tells of everything that happens. */
import type { Device } from '@qernel/runtime/webgpu'
import { loadLanguage } from '../engine/language.ts'
import type { Subject } from '../protocol.ts'
import { check } from './check.ts'
import { deviceFacts, visitorsDevice } from './gpu.ts'
import { measure } from './measure.ts'
import type { Outcome, RunEvent, RunRequest, Stopped, SweepRequest } from './messages.ts'
import { runnable } from './runnable.ts'
import { stopped } from './stopped.ts'

/** An event without the number of its request. */
type Told = RunEvent extends infer Event ? (Event extends RunEvent ? Omit<Event, 'id'> : never) : never
type Tell = (event: Told) => void

/** Never throws: whatever goes wrong is the outcome. */
export async function run(request: RunRequest, tell: Tell): Promise<Outcome> {
  try {
    tell({ kind: 'progress', text: 'opening the device and measuring how it computes' })
    const device = await visitorsDevice()
    if (device.kind === 'stopped') return device
    tell({ kind: 'device', device: deviceFacts(device) })
    if (request.kind !== 'device' && request.subject.kernel.kind === 'text') await loadLanguage()
    switch (request.kind) {
      case 'device':
        return { kind: 'done' }
      case 'run': {
        const { subject } = request
        const name = subject.schedule.kind === 'named' ? subject.schedule.name : ''
        return (await runOne(device, name, subject, tell)) ?? { kind: 'done' }
      }
      case 'sweep':
        return await sweep(device, request, tell)
    }
  } catch (error) {
    return stopped(error)
  }
}

/** Measures all at the sizes of the first that runs, as far as their assumptions allow: only then are their times comparable. */
async function sweep(device: Device, { subject, schedules }: SweepRequest, tell: Tell): Promise<Outcome> {
  let { at } = subject
  const keepSizes: Tell = event => {
    if (event.kind === 'measured' && event.measurement.kind === 'measured') at = { ...event.measurement.sizes, ...at }
    tell(event)
  }
  for (const { name, steps } of schedules) {
    const schedule = { kind: 'steps', steps: steps.map(text => ({ text, isOn: true })) } as const
    const problem = await runOne(device, name, { ...subject, at, schedule }, keepSizes)
    if (problem?.reason === 'lost') return problem
    if (problem !== undefined) tell({ kind: 'checked', schedule: name, check: problem })
  }
  return { kind: 'done' }
}

async function runOne(device: Device, schedule: string, subject: Subject, tell: Tell): Promise<Stopped | undefined> {
  const what = schedule === '' ? 'the kernel' : schedule
  try {
    const one = runnable(subject)
    if ('kind' in one) return one
    tell({ kind: 'progress', text: `comparing ${what} with the interpreter` })
    const checked = await check(device, one)
    tell({ kind: 'checked', schedule, check: checked })
    tell({ kind: 'progress', text: `measuring ${what}` })
    tell({ kind: 'measured', schedule, measurement: await measure(device, one) })
    return undefined
  } catch (error) {
    return stopped(error)
  }
}
