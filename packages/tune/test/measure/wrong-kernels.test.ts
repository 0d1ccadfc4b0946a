/**
 * Whether validation catches every kernel that does something wrong, and rejects none that is right. `QERNEL_CHAOS=full` tries 500 wrong ones and 2,000 right ones, the
 * usual run a part of them.
 */
import { setUpArrays } from '@qernel/bench/internal'
import type { LaunchPlan } from '@qernel/codegen'
import { f16, f32, type Kernel, kernel, max, sum } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { type Device, type DeviceBuffer, openDevice, poisons, redZoneBytes } from '@qernel/runtime'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { legality, type Result, scheduleSpace } from '../../src/index.ts'
import { Evaluator } from '../../src/measure/evaluator.ts'
import { quantize } from '../tune/searches.ts'

const isFull = process.env.QERNEL_CHAOS === 'full'
vi.setConfig({ testTimeout: isFull ? 3_600_000 : 120_000 })
const random = randomNumbers(Number(process.env.QERNEL_SEED))
const below = (count: number) => Math.floor(random() * count)

const rowScale = kernel('row_scale', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f16, [T, D])
  output('s', f32, { t: T }, t => max({ d: D }, d => x(t, d).abs()).div(127))
})
const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('s', f32, { t: T }, t => sum({ d: D }, d => x(t, d)))
})

/** Kernels, each with templates of schedules that apply to it. */
const subjects: readonly { readonly kernel: Kernel; readonly templates: readonly string[] }[] = [
  {
    kernel: quantize,
    templates: [
      'tile(t={1,2,3,4,8,16},d={4,8,16,32}) vectorize(d={4,8})? predicate(d={mask,peel,assume})?',
      'tile(t={4,8,16},d={4,8,16}) coarsen(t={2,4}) vectorize(d=4)?',
    ],
  },
  { kernel: rowScale, templates: ['tile(t={1,2,4,8})', 'tile(t={2,4,8}) splitReduction(d={4,8,16},combine=shared)'] },
  {
    kernel: rowSum,
    templates: ['tile(t={1,2,4,8})', 'tile(t={2,4,8}) splitReduction(d={4,8,16},combine=shared,reassociate=true)'],
  },
]
const sizes = new Map([
  ['T', 48],
  ['D', 32],
])
const settings = { rounds: 2, repeats: 1, warmup: 0, rotateBytes: 0 }

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

/** What a wrong kernel does after it has run. */
type Fault = (plan: LaunchPlan, buffers: ReadonlyMap<string, DeviceBuffer>) => Promise<void>

/** Evaluates candidates of a kernel, as a worker does. */
async function evaluated(
  kernel: Kernel,
  ids: readonly string[],
  fault?: (source: string) => Fault | undefined,
): Promise<ReadonlyMap<string, Result>> {
  const own = new Proxy(device, {
    get(target, property) {
      const value = Reflect.get(target, property, target)
      if (property !== 'launch') return typeof value === 'function' ? value.bind(target) : value
      const launch: Device['launch'] = async (executable, plan, buffers, options) => {
        const time = await target.launch(executable, plan, buffers, options)
        await fault?.(executable.compiled.source)?.(plan, buffers)
        return time
      }
      return launch
    },
  })
  const subject = { kernel, wide: 'x', sizes, open: 'T', schedules: [] }
  const arrays = await setUpArrays(own, subject, settings)
  const results = new Map<string, Result>()
  try {
    await new Promise<void>((resolve, reject) => {
      const evaluator = new Evaluator(own, subject, arrays, settings, {
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

function spaceOf({ kernel, templates }: (typeof subjects)[number]) {
  const setting = { kernel, target: device.target, fixed: new Map([['D', 32]]) }
  return scheduleSpace({ templates, isLegal: legality(setting) })
}

it('rejects none that is right', async () => {
  const most = isFull ? 2000 : 30
  let tried = 0
  for (const subject of subjects) {
    const all = [...spaceOf(subject).candidates()].map(({ id }) => id)
    const share = Math.ceil(most / subjects.length)
    // In the full run, all of them, several times.
    for (let left = share; left > 0; ) {
      const ids = all.slice(0, Math.min(left, all.length))
      for (const [id, result] of await evaluated(subject.kernel, ids))
        expect([id, result.class, result.problem]).toEqual([id, 'correct', undefined])
      left -= ids.length
      tried += ids.length
      if (!isFull) break
    }
  }
  expect(tried).toBeGreaterThanOrEqual(isFull ? most : 12)
})

/** One wrong kernel, at random: what it does, and in which launches. */
function randomFault(): { readonly what: string; readonly fault: Fault } {
  const when = (['always', 'large', 'small', 'later'] as const)[below(4)] ?? 'always'
  const what = (['word', 'bit', 'NaN', 'unwritten', 'outside'] as const)[below(5)] ?? 'word'
  const place = random()
  const bit = below(32)
  let launches = 0
  const fault: Fault = async (plan, buffers) => {
    const rows = Math.max(...plan.arrays.map(({ shape }) => shape[0] ?? 0))
    const isLarge = rows === 48
    launches++
    if ((when === 'large' && !isLarge) || (when === 'small' && isLarge) || (when === 'later' && launches < 5)) return
    const array = plan.arrays.find(({ parameter }) => parameter.role === 'output')
    const buffer = buffers.get(array?.parameter.name ?? '')
    if (array === undefined || buffer === undefined) return
    const words = Math.floor(array.byteLength / 4)
    const zone = Math.ceil(array.byteLength / 4)
    const at = what === 'outside' ? zone + Math.floor((place * redZoneBytes) / 4) : Math.floor(place * words)
    const bytes = await device.download(buffer, 4 * at, 4)
    const [word = 0] = new Uint32Array(bytes.slice().buffer)
    const changed =
      what === 'unwritten' ? poisons[0] : what === 'NaN' ? 0x7fc00001 : what === 'bit' ? word ^ (1 << bit) : ~word
    await device.upload(buffer, new Uint8Array(Uint32Array.of(changed).buffer), 4 * at)
  }
  return { what: `${what}, ${when}`, fault }
}

it('catches every one that is wrong', async () => {
  const count = isFull ? 500 : 24
  for (const subject of subjects) {
    const ids = [...spaceOf(subject).candidates()].map(({ id }) => id)
    for (let done = 0; done < count / subjects.length; ) {
      // Each candidate is another wrong kernel.
      const chosen = ids.slice(0, Math.ceil(count / subjects.length) - done)
      const faults = new Map(chosen.map(id => [id, randomFault()]))
      const faultOf = (source: string) => faults.get(/^.*schedule {2}(.*)$/m.exec(source)?.[1] ?? '')?.fault
      for (const [id, result] of await evaluated(subject.kernel, chosen, faultOf))
        expect([id, faults.get(id)?.what, result.class]).toEqual([id, faults.get(id)?.what, 'wrong result'])
      done += chosen.length
    }
  }
})
