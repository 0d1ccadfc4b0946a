/**
 * Whether validation catches every kernel that is wrong, and rejects none that is right. `QERNEL_CHAOS=full` tries 500 mistakes in the code of kernels, 500 in their
 * results, and 2,000 kernels that are right; the usual run a part of them.
 */
import { type CompiledKernel, compileFor, type LaunchPlan } from '@qernel/codegen'
import { randomNumbers } from '@qernel/dsl/internal'
import { type Device, type DeviceBuffer, KernelCompileError, openDevice, poisons, redZoneBytes } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { candidatesOf, deviceWith, evaluated, type Sizes, scheduleIn } from './evaluated.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { subjects, type TestSubject } from './subjects.ts'
import { difference } from './wide-inputs.ts'

const isFull = process.env.QERNEL_CHAOS === 'full'
vi.setConfig({ testTimeout: isFull ? 3_600_000 : 120_000 })
// A rare mistake is only found by luck: the usual run tries the same ones each time, a full run others.
const random = randomNumbers(isFull ? Number(process.env.QERNEL_SEED) : 1)
const below = (count: number) => Math.floor(random() * count)
const drawn = <One>(from: readonly One[], count: number): One[] => {
  const left = [...from]
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)[0] as One)
}

/** Many rows are no multiple of a tile, and columns are. */
const sizes: Sizes = new Map([
  ['T', 48],
  ['D', 32],
])

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

it('rejects none that is right', async () => {
  const most = isFull ? 2000 : 16
  let tried = 0
  for (let round = 0; tried < most; round++)
    for (const subject of subjects) {
      // Other sizes each time.
      const own = round === 0 ? sizes : new Map([...sizes, ['T', 1 + below(100)], ['D', 4 * (1 + below(20))]])
      const all = await candidatesOf(device, subject, own)
      if (round === 0) expect(all.length, subject.kernel.name).toBeGreaterThan(3)
      const ids = drawn(all, Math.min(most - tried, isFull ? 100 : 2))
      for (const [id, result] of await evaluated(device, subject, own, ids))
        expect([id, [...own], result.class, result.problem]).toEqual([id, [...own], 'correct', undefined])
      tried += ids.length
    }
  expect(tried).toBe(most)
  if (isFull) process.stdout.write(`${tried} right kernels: 0 rejected\n`)
})

/** What is tried of the mutants of one subject. */
interface Counts {
  /** Tried, and of those: no valid code, and right on all inputs of the wide set. */
  tried: number
  invalid: number
  equivalent: number
  wrong: number
  readonly missed: string[]
}

/** As a worker compiles it. */
const compiledOf = ({ kernel }: TestSubject, id: string): CompiledKernel =>
  compileFor(
    device.backEnd,
    kernel,
    parseSteps(id),
    { T: sizes.get('T') as number },
    {
      target: device.target,
      fixed: new Map([...sizes].filter(([name]) => name !== 'T')),
    },
  )

/** Tries mutants until that many are wrong. */
async function tryMutants(subject: TestSubject, most: number, counts: Counts): Promise<void> {
  const ids = await candidatesOf(device, subject, sizes)
  for (let wrong = 0; wrong < most; ) {
    // Each candidate is another wrong kernel.
    const chosen = new Map<string, Mutant>()
    const mutating = deviceWith(device, ({ load }) => ({
      load: compiled => {
        const mutant = chosen.get(scheduleIn(compiled.source))
        return load.call(device, mutant === undefined ? compiled : { ...compiled, source: mutant.source })
      },
    }))
    const found = new Map<string, string>()
    for (const id of drawn(ids, Math.min(ids.length, most - wrong))) {
      const compiled = compiledOf(subject, id)
      const mutants = mutantsOf(compiled.source)
      const mutant = mutants[below(mutants.length)] as Mutant
      counts.tried++
      try {
        const executable = await device.load({ ...compiled, source: mutant.source })
        const problem = await difference(device, executable, subject, sizes, id)
        device.unload(executable)
        if (problem === undefined) counts.equivalent++
        else {
          chosen.set(id, mutant)
          found.set(id, problem)
        }
      } catch (error) {
        if (!(error instanceof KernelCompileError)) throw error
        counts.invalid++
      }
    }
    for (const [id, result] of await evaluated(mutating, subject, sizes, [...chosen.keys()]))
      if (result.class === 'correct') {
        const { what = '' } = chosen.get(id) ?? {}
        counts.missed.push(`${subject.kernel.name} ${id}: ${what}\n  differs: ${found.get(id)}`)
      }
    counts.wrong += chosen.size
    wrong += chosen.size
  }
}

it('catches every kernel with a mistake in its code', async () => {
  const most = isFull ? 500 : 16
  const counts: Counts = { tried: 0, invalid: 0, equivalent: 0, wrong: 0, missed: [] }
  for (const subject of subjects) await tryMutants(subject, Math.ceil(most / subjects.length), counts)
  if (isFull) {
    const { tried, invalid, equivalent, wrong, missed } = counts
    process.stdout.write(
      `${tried} mutants: ${invalid} do not compile, ${equivalent} equivalent, ${wrong} wrong, of which ${missed.length} were missed\n`,
    )
  }
  expect(counts.missed).toEqual([])
  expect(counts.wrong).toBeGreaterThanOrEqual(most)
})

/** What a wrong kernel does after it has run. */
type Fault = (plan: LaunchPlan, buffers: ReadonlyMap<string, DeviceBuffer>) => Promise<void>

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

it('catches every kernel whose results are changed', async () => {
  const count = Math.ceil((isFull ? 500 : 16) / subjects.length)
  for (const subject of subjects) {
    const ids = await candidatesOf(device, subject, sizes)
    for (let done = 0; done < count; ) {
      const faults = new Map(drawn(ids, count - done).map(id => [id, randomFault()]))
      const own = deviceWith(device, ({ launch }) => ({
        launch: async (executable, plan, buffers, options) => {
          const time = await launch.call(device, executable, plan, buffers, options)
          await faults.get(scheduleIn(executable.compiled.source))?.fault(plan, buffers)
          return time
        },
      }))
      for (const [id, result] of await evaluated(own, subject, sizes, [...faults.keys()]))
        expect([id, faults.get(id)?.what, result.class]).toEqual([id, faults.get(id)?.what, 'wrong result'])
      done += faults.size
    }
  }
})
