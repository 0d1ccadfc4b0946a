/**
 * Measures the warm compiler on one core: from definition and schedule to source, for single schedules and for many
 * different schedules of one kernel, as in a sweep.
 *
 *   npm run bench:compile [-- SECONDS]
 *
 * The measurements take turns for SECONDS seconds. On a busy machine, compare the smallest times. The schedules of a
 * sweep are all different: the numbers of one schedule halved, kept and doubled, once in the order of nested loops,
 * where most begin like the previous one, and once shuffled, where few do.
 */
import { type BackEnd, LoweringError } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { namedSchedules, type Schedule, ScheduleRefusal, type Step } from '@qernel/schedule'

const seconds = Number(process.argv[2] ?? 10)
const targets = [wgsl, cuda]

interface Time {
  /** Microseconds. */
  readonly median: number
  readonly least: number
}

/** Times of calls that take turns, so that a busy machine slows all of them equally. */
function measure(runs: readonly (() => unknown)[]): Time[] {
  const round = (): number[] =>
    runs.map(run => {
      const start = performance.now()
      run()
      return 1000 * (performance.now() - start)
    })
  const until = (end: number): number[][] => {
    const rounds = [round()]
    while (performance.now() < end) rounds.push(round())
    return rounds
  }
  until(performance.now() + 300 * seconds)
  const rounds = until(performance.now() + 700 * seconds)
  return runs.map((_, i) => {
    const samples = rounds.map(times => times[i] as number).sort((a, b) => a - b)
    return { median: samples[Math.floor(samples.length / 2)] as number, least: samples[0] as number }
  })
}

const rounded = (time: Time | undefined) => ({
  'median µs': Math.round(time?.median ?? 0),
  'least µs': Math.round(time?.least ?? 0),
})

const mean = (times: readonly Time[]): Time => ({
  median: times.reduce((sum, { median }) => sum + median, 0) / times.length,
  least: times.reduce((sum, { least }) => sum + least, 0) / times.length,
})

interface Subject {
  readonly kernel: string
  readonly schedule: string
  readonly target: BackEnd
  define(): Kernel
  steps: Schedule['steps']
}

function entry(name: string) {
  const found = findKernel(name)
  if (found === undefined) throw new Error(`no kernel ${name}`)
  return found
}

const named = (kernel: string): Subject[] =>
  namedSchedules.flatMap(({ name: schedule, steps }) =>
    targets.map(target => ({ kernel, schedule, target, define: () => entry(kernel).define(), steps })),
  )

const best = (kernel: string): Subject[] =>
  targets.map(target => {
    const { define, schedules } = entry(kernel)
    const steps = schedules[0]?.steps({ kernel: define(), target: target.portableTarget }) ?? []
    return { kernel, schedule: 'best', target, define: () => define(), steps: () => steps }
  })

const elementwise = ['int8_per_channel_quantize', 'int8_per_channel_dequantize'].flatMap(named)
const fused = ['int8_per_token', 'llama_cpp_q8_0', 'group_symmetric_i4_g32_inner', 'kivi_key_u4'].flatMap(best)

const subjects = [...elementwise, ...named('int8_per_channel'), ...fused]
const times = measure(
  subjects.map(({ schedule, target, define, steps }) => () => {
    const kernel = define()
    target.compile(kernel, steps({ kernel }), { scheduleName: schedule })
  }),
)
console.log('definition and schedule to source, a CUDA file with its fallback')
console.table(
  subjects.map(({ kernel, schedule, target }, i) => ({ kernel, schedule, target: target.name, ...rounded(times[i]) })),
)

/** Halves, keeps and doubles every number of a schedule; equal numbers change together, since they belong together. */
function variants(steps: readonly Step[]): Step[][] {
  const factors = (step: Step): number[] =>
    Object.entries(step).flatMap(([name, value]) => (typeof value === 'number' && name !== 'loops' ? [value] : []))
  let choices: ReadonlyMap<number, number>[] = [new Map()]
  for (const factor of new Set(steps.flatMap(factors)))
    choices = choices.flatMap(choice =>
      [factor / 2, factor, factor * 2].filter(Number.isInteger).map(other => new Map(choice).set(factor, other)),
    )
  return choices.map(choice =>
    steps.map(
      step =>
        Object.fromEntries(
          Object.entries(step).map(([name, value]) => [
            name,
            typeof value === 'number' && name !== 'loops' ? choice.get(value) : value,
          ]),
        ) as Step,
    ),
  )
}

function isLegal(compile: () => unknown): boolean {
  try {
    compile()
    return true
  } catch (error) {
    if (error instanceof ScheduleRefusal || error instanceof LoweringError) return false
    throw error
  }
}

/** A fixed order in which adjacent schedules have little in common. */
function shuffled<T>(list: readonly T[]): T[] {
  let state = 1
  const keyed = list.map(each => {
    state = (state * 48271) % 2147483647
    return { each, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ each }) => each)
}

for (const [title, some] of [
  ['elementwise', elementwise],
  ['fused reductions', fused],
] as const) {
  const sweeps = some.map(({ define, steps, target }) => {
    const kernel = define()
    return variants(steps({ kernel }))
      .map(choice => () => target.compile(kernel, choice, { fallback: false }))
      .filter(isLegal)
  })
  for (const [order, arranged] of [
    ['in the order of nested loops', sweeps],
    ['shuffled', sweeps.map(shuffled)],
  ] as const) {
    const candidates = measure(arranged.flat())
    const sweepTimes = arranged.map(sweep => mean(candidates.splice(0, sweep.length)))
    console.log(`different schedules of one kernel to source: ${title}, ${order}; each`)
    console.table(
      some.map(({ kernel, schedule, target }, i) => ({
        kernel,
        schedule,
        target: target.name,
        candidates: arranged[i]?.length,
        ...rounded(sweepTimes[i]),
      })),
    )
    const { median, least } = mean(sweepTimes)
    console.log(
      `on average ${Math.round(1e6 / median)} candidates per second by medians, ${Math.round(1e6 / least)} by the least times\n`,
    )
  }
}
