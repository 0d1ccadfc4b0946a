/**
 * Faults of every kind, each of which costs one candidate: its class is right, all others are measured, and the winner is that of a run without faults.
 * `QERNEL_CHAOS=full` searches 2,000 candidates, of which 5% fail; with `QERNEL_CHAOS_FOLDER` it goes on where an earlier run ended.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomNumbers } from '@qernel/dsl/internal'
import { findSchedule, printSteps } from '@qernel/schedule'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { quantize } from '../tune/searches.ts'
import { classes, type Fault, type FaultKind, legalSchedules, search } from './search-under-faults.ts'
import { timesText, workerTimes } from './worker-times.ts'

const isFull = process.env.QERNEL_CHAOS === 'full'
const temporary = temporaryFolder()
const folder = (isFull && process.env.QERNEL_CHAOS_FOLDER) || temporary.path
const kinds = Object.keys(classes) as FaultKind[]

/** Kinds that take their time, since a worker has to reach a deadline or to end several times: in full runs only. */
const slow: readonly FaultKind[] = [
  ...(['hang in compile', 'wait in compile', 'hang in run'] as const),
  ...(['out of memory', 'segfault in compile', 'exit in compile'] as const),
]
/** Those that may strike only where a candidate is timed, when it has been found right. */
const later: readonly FaultKind[] = [
  ...(['segfault', 'out of memory', 'device lost', 'launch error', 'wrong result', 'NaN'] as const),
  ...(['partial write', 'write outside', 'hang in run', 'wait in run', 'supervisor killed'] as const),
]
const deadlines = { compileSeconds: isFull ? 10 : 15, runSeconds: isFull ? 10 : 6 }
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1).join()
const templates = isFull
  ? [`tile(t={${upTo(48)}},d={${upTo(64)}}) vectorize(d={2,4,8})? predicate(d={mask,peel})?`]
  : ['tile(t={1,4,8,16},d={4,8,16,32})']

/** The schedule of the reference, without which nothing can be measured. */
const reference = printSteps(findSchedule('naive')?.steps({ kernel: quantize }) ?? [])

/** That many faults, each kind as often; none for the one that wins. */
function injected(schedules: readonly string[], count: number, winner: string): Record<string, Fault> {
  const random = randomNumbers(1)
  const candidates = schedules.filter(id => id !== winner && id !== reference)
  const used = isFull ? kinds : kinds.filter(kind => !slow.includes(kind))
  const faults: Record<string, Fault> = {}
  for (let i = 0; i < count; i++) {
    const [id = ''] = candidates.splice(Math.floor(random() * candidates.length), 1)
    const kind = used[i % used.length] as FaultKind
    const isLate = later.includes(kind) && i >= used.length && random() < 0.5
    faults[id] = isLate ? { kind, when: 'timed' } : { kind }
  }
  return faults
}

function folderNamed(name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  return path
}

it('gives each of many faults its class, measures all others, and finds the same winner', async () => {
  const all = await legalSchedules(templates)
  const schedules = isFull ? all.slice(0, 2000) : all
  expect(schedules.length).toBeGreaterThanOrEqual(isFull ? 2000 : 15)
  const plan = { schedules, devices: ['swiftshader'], deadlines }
  const without = await search(folderNamed('without'), { ...plan, faults: {} })
  expect(without.outcomes.map(one => one.class)).toEqual(schedules.map(() => 'correct'))
  const [winner] = without.ranked

  const faults = injected(schedules, isFull ? 100 : kinds.length - slow.length, winner?.id ?? '')
  const found = await search(folderNamed('with'), { ...plan, faults })
  // One outcome for each.
  expect(found.damaged).toBe(0)
  expect(found.outcomes.map(({ id }) => id).sort()).toEqual([...schedules].sort())
  const expected = new Map(schedules.map(id => [id, classes[faults[id]?.kind as FaultKind] ?? 'correct']))
  const wrong = found.outcomes
    .filter(one => one.class !== expected.get(one.id))
    .map(({ id, class: own, problem }) => ({ id, fault: faults[id], class: own, problem }))
  expect(wrong).toEqual([])
  expect(found.end).toBe('done')
  // All that is right has the time that it has without faults.
  const isRight = ({ id }: { readonly id: string }) => expected.get(id) === 'correct'
  expect(found.ranked).toEqual(without.ranked.filter(isRight))
  expect(found.ranked[0]).toEqual(winner)
  const supervisors = Object.values(faults).filter(({ kind }) => kind === 'supervisor killed').length
  if (process.env.QERNEL_CHAOS_FOLDER === undefined) expect(found.kills).toBe(supervisors)

  const times = workerTimes(found.events, deadlines)
  // What hung does nothing more, and something else ran afterwards.
  expect(times.hung.filter(({ next, isSilent }) => next === undefined || !isSilent)).toEqual([])
  expect(times.hung.length).toBeGreaterThanOrEqual(isFull ? 20 : 1)
  if (isFull)
    process.stdout.write(
      `${schedules.length} candidates, ${Object.keys(faults).length} faults, ${supervisors} supervisors killed: ${wrong.length} wrong classes\n${timesText(times)}\n`,
    )
}, 3_600_000)
