/** A seat with workers that say only what a test lets them say: programs of a few lines, which open no device. */
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import type { Result } from '../../src/measure/result.ts'
import { Deadlines } from '../../src/supervisor/deadlines.ts'
import { Seat, type WorkerGone } from '../../src/supervisor/seat.ts'
import type { Assignment } from '../../src/worker/protocol.ts'

vi.setConfig({ testTimeout: 120_000 })
process.execArgv = []
const folder = temporaryFolder()
const assignment = { measuresCeiling: false } as unknown as Assignment

/** What came of candidates in workers that do `body` with their `ids`; `late` is handed in when the second worker has been ready for a while. */
async function outcomes(
  ids: readonly string[],
  body: string,
  late?: { readonly id: string; readonly afterMs: number },
): Promise<Readonly<Record<string, Result['class']>>> {
  const program = folder.file(
    'worker.mjs',
    `const send = message => process.send(message)
const right = id => send({ type: 'finished', id, result: { class: 'correct', costSeconds: 0 } })
process.on('message', ({ type, tasks }) => {
  if (type === 'assignment') send({ type: 'ready', device: {} })
  if (type === 'leave') process.exit(0)
  if (type === 'evaluate') {
    const ids = tasks.map(({ id }) => id)
    ${body}
  }
})
`,
  )
  const found = new Map<string, Result['class']>()
  const expected = ids.length + (late === undefined ? 0 : 1)
  let starts = 0
  let gone: WorkerGone | undefined
  const seat: Seat = new Seat(assignment, program, new Deadlines({ compileSeconds: 1, runSeconds: 1, factor: 0 }), {
    ...{ opened: () => undefined, note: () => undefined },
    ready: () => {
      if (++starts === 2 && late !== undefined)
        setTimeout(() => seat.evaluate({ id: late.id, effort: 1 }), late.afterMs)
    },
    finished: (id, result) => {
      if (found.has(id)) throw new Error(`${id} finished twice`)
      found.set(id, result.class)
    },
    gone: error => {
      gone = error
    },
  })
  for (const id of ids) seat.evaluate({ id, effort: 1 })
  try {
    await vi.waitUntil(() => found.size === expected || gone !== undefined, { timeout: 100_000 })
  } finally {
    seat.close(true)
  }
  expect(gone).toBeUndefined()
  return Object.fromEntries(found)
}

it('ends a worker whose candidate runs too long, and tries the others again', async () => {
  const body = `for (const id of ids) send({ type: 'begin', id, stage: 'run' })
    if (!ids.includes('hangs')) ids.forEach(right)`
  expect(await outcomes(['first', 'hangs', 'last'], body)).toEqual({
    ...{ first: 'correct', hangs: 'timeout', last: 'correct' },
  })
})

it('tries candidates again that were between two stages when another reached its deadline', async () => {
  const body = `for (const id of ids) {
      send({ type: 'begin', id, stage: 'run' })
      if (id !== 'hangs') send({ type: 'end', id })
    }
    if (!ids.includes('hangs')) ids.forEach(right)`
  expect(await outcomes(['first', 'hangs', 'last'], body)).toEqual({
    ...{ first: 'correct', hangs: 'timeout', last: 'correct' },
  })
})

it('ends a worker that says nothing at all', async () => {
  expect(await outcomes(['first', 'silent'], `if (!ids.includes('silent')) ids.forEach(right)`)).toEqual({
    ...{ first: 'correct', silent: 'timeout' },
  })
})

it('takes no word of a worker about candidates that it was not given, and none twice', async () => {
  expect(await outcomes(['first', 'last'], `right('other'); for (const id of ids) { right(id); right(id) }`)).toEqual({
    ...{ first: 'correct', last: 'correct' },
  })
})

it('gives a worker nothing else while a candidate is tried alone', async () => {
  const body = `for (const id of ids) send({ type: 'begin', id, stage: 'run' })
    if (ids.includes('hangs')) globalThis.hasHung = true
    else if (globalThis.hasHung) send({ type: 'finished', id: ids[0], result: { class: 'compile error', costSeconds: 0 } })
    else ids.forEach(right)`
  expect(await outcomes(['hangs', 'first'], body, { id: 'late', afterMs: 400 })).toEqual({
    ...{ hangs: 'timeout', first: 'correct', late: 'correct' },
  })
})
