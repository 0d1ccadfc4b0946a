/** How far a search is: a line on a terminal, elsewhere one JSON object per candidate. */
import type { Budget, TuneProgress } from '@qernel/tune'
import type { Invocation } from '../../frame/command.ts'
import { counted, durationText, waitText } from '../../report/quantities.ts'

export class SearchProgress {
  readonly #invocation: Pick<Invocation, 'status' | 'record'>
  readonly #budget: Budget

  constructor(invocation: Pick<Invocation, 'status' | 'record'>, budget: Budget) {
    this.#invocation = invocation
    this.#budget = budget
  }

  show(progress: TuneProgress): void {
    const { done, total, best, seconds, last } = progress
    if (last !== undefined)
      this.#invocation.record({
        candidate: last.candidate.id,
        class: last.result.class,
        ...(last.result.timing && { microseconds: last.result.timing.median }),
        ...(last.result.problem !== undefined && { problem: last.result.problem }),
        ...(last.isKnown && { fromStore: true }),
        done,
        ...(total !== undefined && { total }),
        ...(best && {
          best: { steps: best.id, microseconds: best.time, ...(best.ofCeiling && { ofCeiling: best.ofCeiling }) },
        }),
        seconds: Number(seconds.toFixed(3)),
      })
    const share = best?.ofCeiling === undefined ? '' : `, ${best.ofCeiling.toFixed(3)} of the ceiling`
    const found = best === undefined ? '' : `; best ${durationText(best.time / 1000)}${share}: ${best.id}`
    this.#invocation.status(
      `${this.#left(progress)}${total === undefined ? counted(done, 'candidate') : `${done} of ${counted(total, 'candidate')}`}${found}`,
    )
  }

  #left({ measured, done, total, seconds }: TuneProgress): string {
    const { seconds: limit } = this.#budget
    if (limit !== undefined) return `${waitText(1000 * Math.max(0, limit - seconds))} left: `
    if (total === undefined || measured === 0) return ''
    return `about ${waitText(((1000 * seconds) / measured) * (total - done))} left: `
  }
}
