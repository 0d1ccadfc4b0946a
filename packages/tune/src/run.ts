/** One run of a search: candidates go from the strategy to workers, results from there to the ledger and back to the strategy. */
import { setImmediate } from 'node:timers/promises'
import { compilerVersion, type Target } from '@qernel/codegen'
import type { Candidate, Space } from './candidate.ts'
import { CorrectResults } from './correct-results.ts'
import type { Claim, RankedFinal } from './ledger.ts'
import type { Final } from './measure/finalists.ts'
import type { Result } from './measure/result.ts'
import { type OutcomeClass, outcomeClasses } from './outcome.ts'
import { shardOf } from './shard.ts'
import type { StoreFile } from './store/store-file.ts'
import { StoreLedger } from './store/store-ledger.ts'
import { type Conditions, conditionsKey } from './store/tuning-records.ts'
import { auto } from './strategy/auto.ts'
import type { Search } from './strategy/strategy.ts'
import { Deadlines } from './supervisor/deadlines.ts'
import { type Ready, Seat, WorkerGone } from './supervisor/seat.ts'
import type { TuneEnd, TuneOptions, TuneProgress, TuneResult } from './tune-options.ts'
import { unlessAborted } from './unless-aborted.ts'
import type { Assignment } from './worker/protocol.ts'

/** What is known of a subject before a device is open. */
export interface About {
  readonly kernel: string
  readonly hash: string
  readonly element: string
  readonly sizes: ReadonlyMap<string, number>
  readonly open: string
}

/** Candidates that a worker has or may have: as many as take turns, and the next ones, which compile meanwhile. */
const perWorker = 16

interface Asked {
  readonly candidate: Candidate
  /** The share of the usual repetitions. */
  readonly effort: number
  /** What the store says of code that another generator made. */
  doubted?: Result
  /** Whether its code turned out to be the same. */
  isUnchanged?: boolean
  claim?: Claim
  seat?: Seat
  result?: Result
}

export class Run {
  readonly #options: TuneOptions
  readonly #start = performance.now()
  readonly #seats: Seat[] = []
  readonly #gone: WorkerGone[] = []
  /** In the order in which they were asked for; outcomes are told in that order. */
  readonly #asked: Asked[] = []
  readonly #byId = new Map<string, Asked>()
  readonly #correct = new CorrectResults()
  readonly #counts = Object.fromEntries(outcomeClasses.map(each => [each, 0])) as Record<OutcomeClass, number>
  #wake: () => void = () => undefined
  #failure: { readonly error: unknown } | undefined
  #conditions: Conditions | undefined
  #ledger: StoreLedger | undefined
  #space: Space | undefined
  #search: Search | undefined
  #total: number | undefined
  #baseline: string | undefined
  #told = 0
  #known = 0
  #best: TuneProgress['best']
  /** Ends what the strategy is choosing. */
  readonly #over = new AbortController()
  /** Microseconds that moving the bytes alone takes. */
  #atCeiling: number | undefined

  private constructor(options: TuneOptions) {
    this.#options = options
    const abort = () => {
      this.#over.abort()
      this.#wake()
    }
    options.signal?.addEventListener('abort', abort, { once: true })
    if (options.signal?.aborted) abort()
  }

  get isInterrupted(): boolean {
    return this.#options.signal?.aborted === true
  }

  /**
   * Starts the workers, and the search when their devices are open.
   * @throws WorkerGone if there is no device
   */
  static async begin(
    assignments: readonly Assignment[],
    program: string,
    options: TuneOptions,
    about: About,
    store: StoreFile | undefined,
  ): Promise<Run> {
    const run = new Run(options)
    const deadlines = new Deadlines(options.deadlines)
    const ready: Ready[] = []
    for (const assignment of assignments) {
      const seat = new Seat(assignment, program, deadlines, {
        opened: ({ target }) => {
          try {
            run.#makeSpace(target)
          } catch {
            // It is thrown again where the search begins.
          }
        },
        ready: message => {
          ready.push(message)
          deadlines.isSoftware = message.device.isSoftware
          run.#wake()
        },
        finished: (id, result) => run.#finished(id, result),
        note: text => options.onNote?.(text),
        gone: error => {
          run.#gone.push(error)
          run.#seats.splice(run.#seats.indexOf(seat), 1)
          if (run.#seats.length === 0) run.#over.abort()
          // What it had goes to the others.
          for (const asked of run.#asked) if (asked.seat === seat) delete asked.claim
          run.#wake()
        },
      })
      run.#seats.push(seat)
    }
    await run.#until(() => ready.length + run.#gone.length >= assignments.length)
    const [first] = ready
    if (first === undefined) {
      run.close()
      throw run.#gone[0] ?? new WorkerGone('', 'interrupted before a device was open')
    }
    run.#begin(first, about, store)
    return run
  }

  #begin(
    { device, settings, code, generator, bytes, ceiling }: Ready,
    about: About,
    store: StoreFile | undefined,
  ): void {
    const { strategy = auto, seed = 1, budget = {}, shard, request } = this.#options
    const { kind, name, driver, isSoftware, target } = device
    const conditions: Conditions = {
      version: compilerVersion,
      ...about,
      sizes: Object.fromEntries(about.sizes),
      ...{ target: target.name, device: name, kind, driver, isSoftware, settings, code, bytes },
    }
    const space = this.#makeSpace(target)
    this.#conditions = conditions
    if (ceiling !== undefined) this.#atCeiling = bytes / (ceiling.tbps * 1e6)
    this.#ledger = new StoreLedger(store, conditionsKey(conditions), generator)
    const doubted = this.#ledger.doubtedCount
    if (doubted > 0)
      this.#options.onNote?.(
        `another code generator made ${doubted === 1 ? 'one result' : `${doubted} results`} of the store: where the code has changed since then, candidates are measured again`,
      )
    this.#search = strategy.start(space, { seed, budget: budget.candidates, signal: this.#over.signal })
    const bounds = [space.size, budget.candidates].filter(bound => bound !== undefined)
    this.#total = bounds.length === 0 ? undefined : Math.min(...bounds)
    this.#baseline = this.#options.baseline?.(target)
    const { size } = space
    this.#ledger.begin({
      conditions,
      generator,
      strategy: strategy.name,
      seed,
      ...(size !== undefined && { size }),
      ...(shard && { shard }),
      ...(request !== undefined && { request }),
    })
  }

  /** Made once, while the worker fills its arrays: the devices are equal. An error is that of whoever needs the space. */
  #makeSpace(target: Target): Space {
    if (this.#space !== undefined) return this.#space
    const { space, shard } = this.#options
    const whole = typeof space === 'function' ? space(target) : space
    this.#space = shard === undefined ? whole : shardOf(whole, shard)
    return this.#space
  }

  /** Runs until the strategy has nothing left, or the search has to end. */
  async search(): Promise<TuneEnd> {
    const window = perWorker * this.#seats.length
    const { candidates = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = this.#options.budget ?? {}
    const over = () => {
      this.#over.abort()
      this.#wake()
    }
    const timer = Number.isFinite(seconds) ? setTimeout(over, 1000 * seconds - 1000 * this.#seconds()) : undefined
    let end: TuneEnd | undefined
    try {
      for (;;) {
        if (this.isInterrupted) return 'interrupted'
        if (this.#seats.length === 0) return 'device gone'
        // What is still in the workers when the time is over does not count.
        if (this.#seconds() >= seconds) {
          while (this.#asked[0]?.result !== undefined) this.#tell()
          return 'budget'
        }
        this.#handOut()
        // Never two outcomes without a question between them, so that the order of both is the same when a search goes on from its store.
        if (end === undefined && this.#asked.length < window) {
          if (this.#told + this.#asked.length >= candidates) end = 'budget'
          else if (!(await this.#ask())) end = 'done'
          // To choose may take a while; what comes from the workers meanwhile is taken in between.
          else if (this.#asked.at(-1)?.result === undefined) await this.#pause()
        } else if (this.#asked[0]?.result !== undefined) this.#tell()
        else if (end !== undefined && this.#asked.length === 0) return end
        else await this.#change()
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Measures the best again, in turns. Undefined if there is none, or the device is gone. */
  async final(count: number, rounds: number): Promise<Final | undefined> {
    const [seat, ...others] = this.#seats
    const chosen = this.#correct.sorted().slice(0, count)
    if (seat === undefined || chosen.length === 0 || count === 0) return undefined
    const baseline = this.#correct.get(this.#baseline)
    if (baseline !== undefined && !chosen.includes(baseline)) chosen.push(baseline)
    // They would disturb each other on one host.
    for (const other of others) other.close(true)
    let final: Final | undefined
    const ids = chosen.map(({ candidate }) => candidate.id)
    void seat.final(ids, rounds).then(found => {
      final = found
      this.#wake()
    })
    await this.#until(() => final !== undefined || this.isInterrupted || this.#seats.length === 0)
    return final
  }

  result(end: TuneEnd, final: RankedFinal | undefined): TuneResult {
    if (final !== undefined) this.#ledger?.recordFinal(final)
    const conditions = this.#conditions as Conditions
    return {
      end,
      ranked: this.#correct.ranked(final, this.#baseline, conditions.bytes),
      counts: this.#counts,
      known: this.#known,
      conditions,
      ...(final && { ceiling: final.ceiling }),
      seconds: this.#seconds(),
      ...(end === 'device gone' && { problem: this.#gone.at(-1)?.message ?? '' }),
    }
  }

  close(): void {
    for (const seat of this.#seats) seat.close(this.isInterrupted)
  }

  /** @returns false if nothing is left */
  async #ask(): Promise<boolean> {
    const { signal } = this.#over
    let candidate: Candidate | undefined
    try {
      candidate = await unlessAborted(signal, this.#search?.next())
    } catch (error) {
      // The search ends, and why is found out next.
      if (signal.aborted) return true
      throw error
    }
    if (candidate === undefined) return false
    const effort = this.#search?.effort?.() ?? 1
    const asked: Asked = { candidate, effort }
    const known = this.#ledger?.known(candidate.id, effort)
    if (known !== undefined) asked.result = known
    const doubted = this.#ledger?.doubted(candidate.id, effort)
    if (doubted !== undefined) asked.doubted = doubted
    this.#asked.push(asked)
    this.#byId.set(candidate.id, asked)
    return true
  }

  /** Gives what nobody has to the worker that has least. */
  #handOut(): void {
    for (const asked of this.#asked) {
      if (asked.result !== undefined || asked.claim !== undefined) continue
      const [seat] = [...this.#seats].sort((a, b) => a.load - b.load)
      if (seat === undefined || this.#ledger === undefined) return
      asked.claim = this.#ledger.claim(asked.candidate.id)
      asked.seat = seat
      const { candidate, effort, doubted: { code } = {} } = asked
      seat.evaluate({ id: candidate.id, effort, ...(code !== undefined && { code }) })
    }
  }

  #finished(id: string, found: Result): void {
    const asked = this.#byId.get(id)
    if (asked?.claim === undefined || this.#ledger === undefined) return
    const { isUnchanged, ...fresh } = found
    asked.isUnchanged = isUnchanged === true && asked.doubted !== undefined
    const result = (asked.isUnchanged ? asked.doubted : undefined) ?? fresh
    try {
      if (!this.#ledger.record(asked.claim, result, asked.effort, asked.candidate.parameters)) return
    } catch (error) {
      this.#failure ??= { error }
    }
    asked.result = result
    this.#wake()
  }

  async #pause(): Promise<void> {
    await setImmediate()
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Tells the strategy what came of the candidate at the head of the queue. */
  #tell(): void {
    const head = this.#asked[0]
    if (head?.result !== undefined) {
      const { candidate, result, claim } = head
      this.#asked.shift()
      this.#byId.delete(candidate.id)
      this.#told++
      const isKnown = claim === undefined || head.isUnchanged === true
      if (isKnown) this.#known++
      this.#counts[result.class]++
      // Only what was validated has a time that counts, whatever a worker or a store says.
      const time = result.class === 'correct' ? result.timing?.median : undefined
      const outcome = { candidate, class: result.class, costSeconds: result.costSeconds }
      this.#search?.tell(time === undefined ? outcome : { ...outcome, time })
      if (time !== undefined) {
        this.#correct.add({ candidate, result })
        if (this.#best === undefined || time < this.#best.time)
          this.#best = { id: candidate.id, time, ...this.#ofCeiling(time) }
      }
      this.#options.onProgress?.(this.#progress({ candidate, result, isKnown }))
    }
  }

  /** Nothing above 1.02, where the ceiling is not the most that memory gives. */
  #ofCeiling(time: number): { readonly ofCeiling?: number } {
    const share = this.#atCeiling === undefined ? Number.NaN : this.#atCeiling / time
    return share <= 1.02 ? { ofCeiling: share } : {}
  }

  #progress(last: NonNullable<TuneProgress['last']>): TuneProgress {
    return {
      done: this.#told,
      measured: this.#told - this.#known,
      total: this.#total,
      ...(this.#best && { best: this.#best }),
      seconds: this.#seconds(),
      last,
    }
  }

  #seconds(): number {
    return (performance.now() - this.#start) / 1000
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue() && !this.isInterrupted) await this.#change()
  }

  /** Resolves when something has happened. */
  async #change(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
    this.#wake = () => undefined
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
