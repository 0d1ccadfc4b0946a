/**
 * A place for one worker at a time: it hands candidates to the worker, keeps the deadlines, and puts another worker in the place of one that is gone.
 * Candidates that may have ended a worker are tried again when all others are finished, each alone.
 */

import type { Stage } from '../measure/failure-class.ts'
import type { Final } from '../measure/finalists.ts'
import { ceilingId } from '../measure/finalists.ts'
import type { Result, Task } from '../measure/result.ts'
import type { Assignment, FromWorker, OpenedDevice } from '../worker/protocol.ts'
import type { Deadlines } from './deadlines.ts'
import { type Active, type Cause, endingText, type Suspicion, unsuspected, verdictOn } from './verdict.ts'
import { WorkerProcess } from './worker-process.ts'

/** What a worker says when it is ready. */
export type Ready = Extract<FromWorker, { readonly type: 'ready' }>

/** Callbacks of a seat. */
export interface SeatListener {
  /** Called when a worker has opened its device, before it is ready. */
  opened(device: OpenedDevice): void
  /** Called for every worker that is ready. */
  ready(ready: Ready): void
  /** Called once for every candidate that was handed in. */
  finished(id: string, result: Result): void
  /** Called with a sentence when a worker ended, and why. */
  note(text: string): void
  /** Called at most once: no worker can be had any more. What was handed in stays unfinished. */
  gone(error: WorkerGone): void
}

/** No worker could be started, or no device opened. */
export class WorkerGone extends Error {
  override readonly name = 'WorkerGone'
  /** The name of the error in the worker, such as `NoDeviceError`; empty if it did not say. */
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}

/** What a candidate in the worker is doing. */
interface InWorker {
  readonly since: number
  readonly active?: { readonly stage: Stage; readonly since: number }
}

interface FinalTask {
  readonly ids: readonly string[]
  readonly rounds: number
  readonly failed: Final['failed'][number][]
  readonly deaths: number
  resolve(final: Final): void
}

const checkMs = 50
/** Opening a device and filling its arrays. */
const startSeconds = 180
/** Workers in a row that do not get ready; after the first, the driver may need a moment. */
const mostFailures = 4
const pauseMs = 500
const mostFinalDeaths = 6

export class Seat {
  readonly #assignment: Assignment
  readonly #program: string
  readonly #deadlines: Deadlines
  readonly #listener: SeatListener
  #worker: WorkerProcess | undefined
  #isReady = false
  #hasBeenReady = false
  #isClosed = false
  #startedAt = 0
  #heardAt = 0
  #failures = 0
  /** Why the worker is being ended by us, or has said that it ends. */
  #cause: Cause | undefined
  #waiting: string[] = []
  /** Of candidates that are not finished. */
  readonly #tasks = new Map<string, Task>()
  readonly #inWorker = new Map<string, InWorker>()
  readonly #suspects = new Map<string, Suspicion>()
  #final: FinalTask | undefined
  readonly #timer: NodeJS.Timeout

  constructor(assignment: Assignment, program: string, deadlines: Deadlines, listener: SeatListener) {
    this.#assignment = assignment
    this.#program = program
    this.#deadlines = deadlines
    this.#listener = listener
    this.#timer = setInterval(() => this.#checkDeadlines(), checkMs)
    this.#start()
  }

  /** The number of candidates that are not finished. */
  get load(): number {
    return this.#waiting.length + this.#inWorker.size + this.#suspects.size
  }

  evaluate(task: Task): void {
    this.#tasks.set(task.id, task)
    this.#waiting.push(task.id)
    this.#hand()
  }

  /** Measures candidates again, in turns. Call it when all others are finished. */
  final(ids: readonly string[], rounds: number): Promise<Final> {
    return new Promise(resolve => {
      this.#final = { ids, rounds, failed: [], deaths: 0, resolve }
      this.#hand()
    })
  }

  /** Ends the worker: when it has closed its device, or at once. */
  close(isAtOnce: boolean): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    const worker = this.#worker
    if (worker === undefined) return
    if (isAtOnce || !this.#isReady) worker.abandon()
    else {
      worker.send({ type: 'leave' })
      setTimeout(() => worker.kill(), 2000).unref()
    }
  }

  #start(): void {
    this.#isReady = false
    this.#cause = undefined
    this.#startedAt = performance.now()
    const worker: WorkerProcess = new WorkerProcess(this.#program, {
      // A worker that has been given up has nothing more to say.
      message: message => {
        if (worker !== this.#worker || this.#cause !== undefined) return
        this.#heardAt = performance.now()
        this.#take(message)
      },
      ended: ending => {
        if (worker === this.#worker) this.#ended(this.#cause ?? { kind: 'ended', ending })
      },
    })
    this.#worker = worker
    const measuresCeiling = this.#assignment.measuresCeiling && !this.#hasBeenReady
    worker.send({ type: 'assignment', assignment: { ...this.#assignment, measuresCeiling } })
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        if (!this.#hasBeenReady) this.#listener.opened(message.device)
        break
      case 'ready':
        this.#isReady = true
        this.#hasBeenReady = true
        this.#failures = 0
        this.#listener.ready(message)
        this.#hand()
        break
      case 'refused':
        // A device that was there a moment ago may come back.
        if (this.#hasBeenReady) this.#end({ kind: 'lost', message: message.message })
        else this.#giveUp(new WorkerGone(message.name, message.message))
        break
      case 'begin': {
        const known = this.#inWorker.get(message.id)
        const since = performance.now()
        // One stage follows on another without an end.
        if (known?.active !== undefined) this.#observe(known)
        this.#inWorker.set(message.id, { since: known?.since ?? since, active: { stage: message.stage, since } })
        break
      }
      case 'end': {
        const known = this.#inWorker.get(message.id)
        if (known !== undefined) {
          this.#observe(known)
          this.#inWorker.set(message.id, { since: known.since })
        }
        break
      }
      case 'finished':
        this.#finish(message.id, message.result)
        this.#hand()
        break
      case 'final': {
        const task = this.#final
        this.#final = undefined
        this.#inWorker.clear()
        task?.resolve({ ...message.final, failed: [...task.failed, ...message.final.failed] })
        break
      }
      case 'lost':
        this.#cause = { kind: 'lost', message: message.message }
        this.#worker?.kill()
    }
  }

  #observe({ active }: InWorker): void {
    if (active !== undefined) this.#deadlines.observe(active.stage, (performance.now() - active.since) / 1000)
  }

  #finish(id: string, result: Result): void {
    if (!this.#inWorker.delete(id) && !this.#suspects.has(id)) return
    this.#suspects.delete(id)
    if (this.#final !== undefined) this.#final.failed.push({ id, result })
    else this.#listener.finished(id, result)
  }

  /** Gives the worker what it may have now. */
  #hand(): void {
    if (!this.#isReady || this.#cause !== undefined || this.#isClosed) return
    const isAlone = [...this.#inWorker.keys()].some(id => this.#suspects.has(id))
    if (isAlone) return
    if (this.#waiting.length > 0) this.#send(this.#waiting.splice(0))
    else if (this.#inWorker.size === 0) {
      const [suspect] = this.#suspects.keys()
      if (suspect !== undefined) this.#send([suspect])
      else if (this.#final !== undefined) {
        const { ids, rounds } = this.#final
        for (const id of ids) this.#inWorker.set(id, { since: performance.now() })
        this.#worker?.send({ type: 'final', ids, rounds })
      }
    }
  }

  #send(ids: readonly string[]): void {
    for (const id of ids) this.#inWorker.set(id, { since: performance.now() })
    this.#worker?.send({ type: 'evaluate', tasks: ids.map(id => this.#tasks.get(id) ?? { id, effort: 1 }) })
  }

  #checkDeadlines(): void {
    const now = performance.now()
    if (this.#worker === undefined || this.#cause !== undefined) return
    if (!this.#isReady) {
      const seconds = (now - this.#startedAt) / 1000
      if (seconds > startSeconds) this.#end({ kind: 'deadline', late: [], seconds })
      return
    }
    const late = [...this.#inWorker].filter(
      ([, { active }]) => active !== undefined && now - active.since > 1000 * this.#deadlines.secondsFor(active.stage),
    )
    const [first] = late
    if (first === undefined) {
      // Busy with nothing that it has announced.
      const seconds = (now - this.#heardAt) / 1000
      const isSilent = this.#inWorker.size > 0 && seconds > this.#deadlines.secondsFor('lower')
      const isIdle = [...this.#inWorker.values()].every(({ active }) => active === undefined)
      if (isSilent && isIdle) this.#end({ kind: 'deadline', late: [...this.#inWorker.keys()], seconds })
      return
    }
    const seconds = (now - (first[1].active?.since ?? now)) / 1000
    this.#end({ kind: 'deadline', late: late.map(([id]) => id), seconds })
  }

  #end(cause: Cause): void {
    this.#cause = cause
    this.#worker?.kill()
  }

  #ended(cause: Cause): void {
    this.#worker = undefined
    if (this.#isClosed) return
    const wasReady = this.#isReady
    this.#isReady = false
    this.#listener.note(`${causeText(cause)}; starting another worker`)
    if (wasReady) this.#judge(cause)
    else if (++this.#failures >= mostFailures) {
      this.#giveUp(new WorkerGone('', `no worker gets ready: ${causeText(cause)}`))
      return
    }
    // The driver may need a moment; a worker that had been ready is replaced at once.
    if (wasReady) this.#start()
    else setTimeout(() => !this.#isClosed && this.#start(), pauseMs * this.#failures)
  }

  #judge(cause: Cause): void {
    const inside = [...this.#inWorker]
    const doing = inside.flatMap(([id, { active }]): Active[] =>
      active === undefined ? [] : [{ id, stage: active.stage }],
    )
    // It ended between two stages: any of them may have caused it.
    const active = doing.length > 0 ? doing : inside.map(([id]): Active => ({ id, stage: 'run' }))
    this.#inWorker.clear()
    if (this.#final !== undefined) {
      this.#judgeFinal(this.#final, cause, active)
      return
    }
    const innocent = inside.map(([id]) => id).filter(id => !active.some(one => one.id === id))
    for (const one of active) {
      const verdict = verdictOn(one, cause, inside.length === 1, active, this.#suspects.get(one.id) ?? unsuspected)
      if (verdict.class === undefined) {
        const isBlamedElse = cause.kind === 'deadline' && active.some(({ stage }) => stage === 'lower')
        if (isBlamedElse) innocent.push(one.id)
        else this.#suspects.set(one.id, verdict.suspicion)
      } else {
        this.#suspects.delete(one.id)
        const since = inside.find(([id]) => id === one.id)?.[1].since ?? performance.now()
        this.#listener.finished(one.id, { ...verdict, costSeconds: (performance.now() - since) / 1000 })
      }
    }
    // Those that were waiting for a trial alone go on waiting for it.
    this.#waiting = [...innocent.filter(id => !this.#suspects.has(id)), ...this.#waiting]
  }

  /** In a final each candidate has been right before: one that is there when the worker ends twice is left out. */
  #judgeFinal(task: FinalTask, cause: Cause, active: readonly Active[]): void {
    const deaths = task.deaths + 1
    const culprits = active.filter(({ id }) => id !== ceilingId && task.ids.includes(id))
    const [only] = culprits
    const isOut = culprits.length === 1 && only !== undefined && deaths > 1
    const failed = isOut
      ? [...task.failed, { id: only.id, result: failureOf(only, cause) }]
      : deaths > mostFinalDeaths
        ? task.ids.map(id => ({ id, result: failureOf({ id, stage: 'run' }, cause) }))
        : task.failed
    const ids = task.ids.filter(id => !failed.some(one => one.id === id))
    if (ids.length === 0) {
      this.#final = undefined
      task.resolve({ finalists: [], failed, ceiling: { mix: '', tbps: Number.NaN } })
    } else this.#final = { ...task, ids, failed, deaths }
  }

  #giveUp(error: WorkerGone): void {
    if (this.#isClosed) return
    this.close(true)
    this.#listener.gone(error)
  }
}

const failureOf = ({ stage }: Active, cause: Cause): Result => ({
  class: cause.kind === 'deadline' ? 'timeout' : cause.kind === 'lost' ? 'device lost' : 'crashed',
  problem: `${causeText(cause)} (in the ${stage} stage of the final)`,
  costSeconds: 0,
})

function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'deadline':
      return cause.late.length === 0
        ? `the worker was not ready after ${cause.seconds.toFixed(0)} s`
        : `${cause.late.length === 1 ? cause.late[0] : `${cause.late.length} candidates`} reached a deadline`
    case 'lost':
      return cause.message
    case 'ended':
      return endingText(cause.ending)
  }
}
