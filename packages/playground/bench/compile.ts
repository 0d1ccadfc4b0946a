/**
 * Measures what a visitor waits for after a key stroke: every kernel of the library with every schedule that the page offers for it, loops of either target.
 *
 *   npm run bench:playground [-- ROUNDS [KERNEL]]
 *
 * Each schedule is chosen first, while the engine remembers nothing of it; then one number of its first and of its last step is changed, as a key stroke does.
 * Behind each answer come the later ones. The longest turn is what a newer key stroke has to wait for. Times are those of the processor for the
 * thread that compiles, so that a busy machine changes them little: medians of ROUNDS rounds after one that warms up.
 */
import { readFileSync } from 'node:fs'
import { kernelLibrary } from '@qernel/kernels'
import { compileSubject } from '../src/engine/compile.ts'
import { work } from '../src/engine/engine.ts'
import type { Request, Subject } from '../src/protocol.ts'

const rounds = Number(process.argv[2] ?? 3)
const wanted = process.argv[3] ?? ''
const limit = 50

/** Milliseconds of the processor that this thread has had; elsewhere than on Linux, of the clock. */
function now(): number {
  try {
    // Makes the kernel update what it tells of this thread, which it otherwise does a few hundred times a second.
    process.cpuUsage()
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    return performance.now()
  }
}

interface Row {
  readonly what: string
  readonly kernel: string
  readonly schedule: string
  readonly target: string
  readonly times: number[]
  /** The turns of each time. */
  readonly turns: (readonly number[])[]
}

const rows = new Map<string, Row>()

function timed(what: string, schedule: string, kernel: string, request: Request & { target: string }): void {
  const turns: number[] = []
  const working = work(request)
  for (let done = false; !done; ) {
    const begin = now()
    done = working.next().done === true
    turns.push(now() - begin)
  }
  const key = JSON.stringify([what, kernel, schedule, request.target])
  const row = rows.get(key) ?? { what, kernel, schedule, target: request.target, times: [], turns: [] }
  rows.set(key, row)
  row.times.push(turns.reduce((sum, ms) => sum + ms, 0))
  row.turns.push(turns)
}

/** What the page asks after a change. */
function change(what: string, schedule: string, question: { subject: Subject; target: 'wgsl' | 'cuda' }): void {
  const { kernel } = question.subject
  const name = kernel.kind === 'library' ? kernel.name : ''
  timed(what, schedule, name, { kind: 'compile', id: 0, ...question })
  timed(`${what}: counts`, schedule, name, { kind: 'counted', id: 0, ...question })
  timed(`${what}: stages`, schedule, name, { kind: 'stages', id: 0, ...question })
  timed(`${what}: ways`, schedule, name, { kind: 'ways', id: 0, ...question })
}

const subjectOf = (name: string, schedule: Subject['schedule']): Subject => ({
  kernel: { kind: 'library', name },
  schedule,
  fixed: {},
  at: {},
})

/** The steps with one number of a step halved; undefined if it has none. */
function changed(texts: readonly string[], position: number): Subject['schedule'] | undefined {
  const text = texts[position]
  const halved = text?.replace(/=(\d*[02468])\b/, (_, digits) => `=${Number(digits) / 2}`)
  if (halved === undefined || halved === text || /=0\b/.test(halved)) return undefined
  return { kind: 'steps', steps: texts.with(position, halved).map(each => ({ text: each, isOn: true })) }
}

function measure(name: string): void {
  const facts = compileSubject({ subject: subjectOf(name, { kind: 'named', name: 'naive' }), target: 'wgsl' }).kernel
  for (const target of ['wgsl', 'cuda'] as const)
    for (const schedule of facts?.schedules ?? []) {
      change('chosen', schedule.name, { target, subject: subjectOf(name, { kind: 'named', name: schedule.name }) })
      for (const [what, position] of [
        ['first step', 0],
        ['last step', schedule.steps.length - 1],
      ] as const) {
        const other = changed(schedule.steps, position)
        if (other !== undefined) change(what, schedule.name, { target, subject: subjectOf(name, other) })
      }
    }
}

const names = kernelLibrary.map(({ name }) => name).filter(name => name.includes(wanted))
for (let round = 0; round <= rounds; round++) {
  for (const name of names) measure(name)
  if (round === 0) rows.clear()
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] as number

/** A time below which a part of all is, in milliseconds. */
const below = (part: number, times: readonly number[]): string =>
  ([...times].sort((a, b) => a - b)[Math.ceil(part * times.length) - 1] ?? 0).toFixed(1)

const all = [...rows.values()].map(({ times, turns, ...row }) => ({
  ...row,
  ms: median(times),
  turn: median(turns.map(all => Math.max(...all))),
  parts: turns[0]?.map((_, i) => median(turns.flatMap(all => all[i] ?? []))) ?? [],
}))
const kinds = ['chosen', 'first step', 'last step'].flatMap(what => [
  what,
  `${what}: counts`,
  `${what}: stages`,
  `${what}: ways`,
])
console.table(
  kinds.map(what => {
    const some = all.filter(row => row.what === what)
    const times = some.map(({ ms }) => ms)
    return {
      what,
      count: some.length,
      [`above ${limit} ms`]: times.filter(ms => ms > limit).length,
      'median ms': below(0.5, times),
      '90 %': below(0.9, times),
      '99 %': below(0.99, times),
      most: below(1, times),
      'longest turn': below(
        1,
        some.map(({ turn }) => turn),
      ),
    }
  }),
)
const rounded = (row: (typeof all)[number]) => ({ ...row, ms: row.ms.toFixed(1), turn: row.turn.toFixed(1) })
const answers = all.filter(({ what }) => !what.includes(':'))
console.table(
  answers
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 10)
    .map(rounded),
)
console.table(
  all
    .sort((a, b) => b.turn - a.turn)
    .slice(0, 10)
    .map(rounded),
)
