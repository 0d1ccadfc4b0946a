/** Candidates of a kernel, evaluated as a worker does it, on a device that may run something else than what was compiled. */
import type { BenchSettings, Subject } from '@qernel/bench'
import { setUpArrays } from '@qernel/bench/internal'
import type { Device } from '@qernel/runtime'
import { legality, type Result, scheduleSpace } from '../../src/index.ts'
import { Evaluator } from '../../src/measure/evaluator.ts'
import { idsOf } from '../space/ids-of.ts'
import type { TestSubject } from './subjects.ts'

export type Sizes = ReadonlyMap<string, number>

const settings: BenchSettings = { rounds: 2, repeats: 1, warmup: 0, rotateBytes: 0 }

/** The results by candidate. */
export async function evaluated(
  device: Device,
  { kernel, wide }: TestSubject,
  sizes: Sizes,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Result>> {
  if (ids.length === 0) return new Map()
  const subject: Subject = { kernel, wide, sizes, open: 'T', schedules: [] }
  const arrays = await setUpArrays(device, subject, settings)
  const results = new Map<string, Result>()
  try {
    await new Promise<void>((resolve, reject) => {
      const evaluator = new Evaluator(device, subject, arrays, settings, {
        begin: () => undefined,
        end: () => undefined,
        lost: reject,
        finished: (id, result) => {
          results.set(id, result)
          if (results.size === ids.length) resolve()
        },
      })
      evaluator.add(ids.map(id => ({ id, effort: 1 })))
    })
  } finally {
    arrays.free()
  }
  return results
}

/** The texts of all candidates. */
export async function candidatesOf(
  device: Device,
  { kernel, templates }: TestSubject,
  sizes: Sizes,
): Promise<string[]> {
  const setting = { kernel, target: device.target, fixed: new Map([...sizes].filter(([name]) => name !== 'T')) }
  return await idsOf(scheduleSpace({ templates, isLegal: legality(setting) }))
}

/** The schedule that a source was made by, as its header says. */
export const scheduleIn = (source: string): string => /^.*schedule {2}(.*)$/m.exec(source)?.[1] ?? ''

/** A device some of whose methods are others. */
export const deviceWith = (device: Device, own: (device: Device) => Partial<Device>): Device => {
  const others = own(device)
  return new Proxy(device, {
    get(target, property) {
      const value: unknown = Reflect.get(others, property) ?? Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
