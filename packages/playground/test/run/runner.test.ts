import { describe, expect, it } from 'vitest'
import type { RunEvent, RunRequest } from '../../src/run/messages.ts'
import { createRunner, type RunWorker } from '../../src/run/runner.ts'

/** A worker that does with a request what it is told. */
class FakeWorker implements RunWorker {
  onmessage: ((event: MessageEvent) => void) | null = null
  onerror: RunWorker['onerror'] = null
  isTerminated = false
  readonly #work: (request: RunRequest, tell: (event: RunEvent) => void) => void
  constructor(work: FakeWorker['work']) {
    this.#work = work
  }
  get work() {
    return this.#work
  }
  postMessage(request: RunRequest): void {
    queueMicrotask(() => this.#work(request, event => this.onmessage?.({ data: event } as MessageEvent)))
  }
  terminate(): void {
    this.isTerminated = true
  }
}

const silent = (): void => undefined
const atOnce: FakeWorker['work'] = ({ id }, tell) => {
  tell({ kind: 'progress', id, text: 'begins' })
  tell({ kind: 'end', id, outcome: { kind: 'done' } })
}

/** A runner whose workers do what the list says, one after the other. */
function runnerOf(...works: FakeWorker['work'][]) {
  const workers: FakeWorker[] = []
  const runner = createRunner(() => {
    const worker = new FakeWorker(works[workers.length] ?? silent)
    workers.push(worker)
    return worker
  }, 20)
  return { runner, workers }
}

describe('the runner', () => {
  it('tells every event, and keeps its worker for the next request', async () => {
    const { runner, workers } = runnerOf(atOnce)
    const told: RunEvent[] = []
    for (let i = 0; i < 2; i++)
      expect(await runner.run({ kind: 'device' }, event => told.push(event))).toEqual({ kind: 'done' })
    expect(told.map(({ kind, id }) => [kind, id])).toEqual([
      ['progress', 1],
      ['progress', 2],
    ])
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([false])
  })

  it('ends a worker that does not answer, and starts another', async () => {
    const { runner, workers } = runnerOf(silent, atOnce)
    expect(await runner.run({ kind: 'device' }, silent)).toMatchObject({ kind: 'stopped', reason: 'timed-out' })
    expect(await runner.run({ kind: 'device' }, silent)).toEqual({ kind: 'done' })
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false])
  })

  it('cancels a request for a newer one, or on demand', async () => {
    const { runner, workers } = runnerOf(silent, silent, atOnce)
    const first = runner.run({ kind: 'device' }, silent)
    const second = runner.run({ kind: 'device' }, silent)
    runner.cancel()
    const cancelled = { kind: 'stopped', reason: 'cancelled' }
    expect(await Promise.all([first, second])).toMatchObject([cancelled, cancelled])
    expect(await runner.run({ kind: 'device' }, silent)).toEqual({ kind: 'done' })
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true, false])
  })

  it('says so where the worker cannot start', async () => {
    const { runner, workers } = runnerOf(() => workers[0]?.onerror?.({ message: 'no such file' } as never))
    expect(await runner.run({ kind: 'device' }, silent)).toEqual({
      kind: 'stopped',
      reason: 'failed',
      message: 'no such file',
    })
  })
})
