/**
 * Compiles candidates, validates them, and measures them in turns with each other. While some are measured, the next ones compile.
 *
 * Every candidate runs on small inputs of several classes, which the interpreter computes, and on the arrays of full size, which are compared with a reference
 * on the device; there again after it was timed.
 */
import { setImmediate } from 'node:timers/promises'
import type { BenchSettings, Subject } from '@qernel/bench'
import {
  type LoadedKernel,
  loadCompiled,
  type Prepared,
  prepare,
  quantile,
  runInterleaved,
  runnerOf,
  type SubjectArrays,
  type VerifiedRunner,
  verificationProblem,
} from '@qernel/bench/internal'
import { type Device, DeviceLostError } from '@qernel/runtime'
import { fixedSchedule, parseSteps, type Schedule } from '@qernel/schedule'
import { failureClass, problemText, type Stage } from './failure-class.ts'
import type { Result, Task, Timing } from './result.ts'
import { SmallInputs } from './small-inputs.ts'

/** Callbacks of an evaluation. Of stages that began, those without an end are to blame if the process ends. */
export interface EvaluationListener {
  begin(id: string, stage: Stage): void
  end(id: string): void
  finished(id: string, result: Result): void
  /** Called once, with the error; nothing more is evaluated. */
  lost(error: DeviceLostError): void
}

/** A candidate with its code on the device. */
export interface Loaded {
  readonly id: string
  readonly effort: number
  readonly prepared: Prepared
  readonly loaded: LoadedKernel
  readonly runner: VerifiedRunner
  readonly compileSeconds: number
}

/** Candidates that compile at a time, and that take turns at most. */
const mostLoading = 8
const mostTogether = 8

export class Evaluator {
  readonly #device: Device
  readonly #subject: Subject
  readonly #arrays: SubjectArrays
  readonly #settings: BenchSettings
  readonly #listener: EvaluationListener
  readonly #small: SmallInputs
  readonly #waiting: Task[] = []
  readonly #ready: Loaded[] = []
  #loading = 0
  #isMeasuring = false
  #isLost = false

  constructor(
    device: Device,
    subject: Subject,
    arrays: SubjectArrays,
    settings: BenchSettings,
    listener: EvaluationListener,
  ) {
    this.#device = device
    this.#subject = subject
    this.#arrays = arrays
    this.#settings = settings
    this.#listener = listener
    this.#small = new SmallInputs(device, subject)
  }

  /** Candidates to evaluate when there is time. Each is `finished` once. */
  add(tasks: readonly Task[]): void {
    this.#waiting.push(...tasks)
    this.#compileNext()
  }

  /**
   * Compiles and loads a candidate.
   * @param code the hash of the code that needs no second look
   * @returns undefined if that failed or the code is that one, which has been told
   * @throws DeviceLostError
   */
  async load(id: string, effort = 1, code?: string): Promise<Loaded | undefined> {
    const start = performance.now()
    let stage: Stage = 'lower'
    const fail = (error: unknown, own?: string) => {
      if (error instanceof DeviceLostError) throw error
      const found = { class: failureClass(stage, error), problem: problemText(error) }
      this.#finish(id, start, { ...found, ...(own && { code: own }) })
      return undefined
    }
    this.#listener.begin(id, stage)
    try {
      const prepared = prepare(this.#device, this.#subject, scheduleOf(id))
      if (!('compiled' in prepared)) {
        const { problem = '', failure } = prepared
        this.#finish(id, start, { class: failure === 'refused' ? 'refused' : 'compile error', problem })
        return undefined
      }
      if (prepared.code === code) {
        this.#finish(id, start, { class: 'correct', code, isUnchanged: true })
        return undefined
      }
      stage = 'load'
      this.#listener.begin(id, stage)
      try {
        const { sizes, open } = this.#subject
        const loaded = await loadCompiled(this.#device, prepared.compiled, sizes, open)
        const runner = runnerOf(this.#device, this.#subject, this.#arrays, prepared, loaded)
        return { id, effort, prepared, loaded, runner, compileSeconds: (performance.now() - start) / 1000 }
      } catch (error) {
        return fail(error, prepared.code)
      }
    } catch (error) {
      return fail(error)
    } finally {
      this.#listener.end(id)
    }
  }

  free({ loaded, runner }: Loaded): void {
    runner.free()
    this.#device.unload(loaded.executable)
  }

  /** @returns what is wrong with the results, empty if they are right */
  async checkAtFullSize({ runner }: Loaded): Promise<string> {
    await runner.beforeLast?.()
    await runner.run(1)
    await runner.afterLast?.()
    return verificationProblem(runner.verification())
  }

  #compileNext(): void {
    while (!this.#isLost && this.#loading < mostLoading && this.#ready.length < mostTogether) {
      const task = this.#waiting.shift()
      if (task === undefined) return
      this.#loading++
      this.load(task.id, task.effort, task.code)
        .then(loaded => {
          if (loaded !== undefined) this.#ready.push(loaded)
        })
        .catch((error: unknown) => this.#lose(error))
        .finally(() => {
          this.#loading--
          this.#compileNext()
          void this.#measureReady()
        })
    }
  }

  async #measureReady(): Promise<void> {
    if (this.#isMeasuring) return
    this.#isMeasuring = true
    try {
      while (this.#ready.length > 0 && !this.#isLost) {
        const together = this.#ready.splice(0, mostTogether)
        this.#compileNext()
        try {
          await this.#measure(together)
        } finally {
          for (const each of together) this.free(each)
        }
      }
    } catch (error) {
      this.#lose(error)
    } finally {
      this.#isMeasuring = false
    }
  }

  async #measure(together: readonly Loaded[]): Promise<void> {
    const right: Timed[] = []
    for (const each of together) {
      const timed = { each, seconds: each.compileSeconds }
      const problem = await this.#running(timed, async () => {
        const small = await this.#small.problem(each.loaded, each.prepared.steps)
        return small ?? (await this.checkAtFullSize(each))
      })
      if (problem === undefined) continue
      if (problem === '') right.push(timed)
      else this.#finishLoaded(timed, { class: 'wrong result', problem })
      // Others may compile meanwhile.
      await setImmediate()
    }
    const runners = right.map(timed => this.#timedRunner(timed))
    await runInterleaved(runners, this.#settings.rounds, this.#settings.repeats, {
      finished: (position, samples) => {
        const timed = right[position] as Timed
        const problem = verificationProblem(timed.each.runner.verification())
        this.#finishLoaded(
          timed,
          problem === '' ? { class: 'correct', timing: timingOf(samples) } : { class: 'wrong result', problem },
        )
      },
      failed: (position, error) => this.#failed(right[position] as Timed, error),
    })
  }

  /** The runner of a candidate, each of whose turns is announced. */
  #timedRunner(timed: Timed): VerifiedRunner {
    const { each } = timed
    const turn = async <Value>(task: () => Promise<Value>): Promise<Value> => {
      const start = performance.now()
      this.#listener.begin(each.id, 'run')
      try {
        return await task()
      } finally {
        timed.seconds += (performance.now() - start) / 1000
        this.#listener.end(each.id)
      }
    }
    return {
      ...each.runner,
      run: repeats => turn(() => each.runner.run(Math.max(1, Math.round(repeats * each.effort)))),
      beforeLast: () => turn(async () => each.runner.beforeLast?.()),
      afterLast: () => turn(async () => each.runner.afterLast?.()),
    }
  }

  /** @returns undefined if the task failed, which has been told */
  async #running<Value>(timed: Timed, task: () => Promise<Value>): Promise<Value | undefined> {
    const start = performance.now()
    this.#listener.begin(timed.each.id, 'run')
    try {
      return await task()
    } catch (error) {
      this.#failed(timed, error)
      return undefined
    } finally {
      timed.seconds += (performance.now() - start) / 1000
      this.#listener.end(timed.each.id)
    }
  }

  #failed(timed: Timed, error: unknown): void {
    if (error instanceof DeviceLostError) throw error
    this.#finishLoaded(timed, { class: failureClass('run', error), problem: problemText(error) })
  }

  #finishLoaded({ each, seconds }: Timed, found: Omit<Result, 'costSeconds' | 'code'>): void {
    this.#listener.finished(each.id, { ...found, code: each.prepared.code, costSeconds: seconds })
  }

  #finish(id: string, start: number, found: Omit<Result, 'costSeconds'>): void {
    this.#listener.finished(id, { ...found, costSeconds: (performance.now() - start) / 1000 })
  }

  #lose(error: unknown): void {
    if (this.#isLost) return
    if (!(error instanceof DeviceLostError)) throw error
    this.#isLost = true
    this.#listener.lost(error)
  }
}

interface Timed {
  readonly each: Loaded
  /** What it has cost so far. */
  seconds: number
}

/** @throws StepSyntaxError when it is applied */
export const scheduleOf = (id: string): Schedule => {
  const written = { name: id, summary: '' }
  return { ...written, steps: request => fixedSchedule(parseSteps(id), id).steps(request) }
}

/** @param samples milliseconds */
export const timingOf = (samples: readonly number[]): Timing => {
  const microseconds = samples.map(ms => ms * 1000)
  const at = (share: number) => quantile(microseconds, share)
  return { median: at(0.5), p20: at(0.2), p80: at(0.8), samples: microseconds }
}
