/** Progress messages: which subject, how many schedules, and how long it will take. */
import type { BenchProgress, Subject } from '@qernel/bench'
import type { Device } from '@qernel/runtime'
import type { Invocation } from '../../frame/command.ts'
import { waitText } from '../../report/quantities.ts'
import { sizeName } from './results.ts'

/** How often a progress line is printed, since over hours they add up in a log. */
const sayingMs = 60_000
/** The same for the first line of a subject: many small ones may be measured in a second. */
const firstMs = 5000

export class SweepProgress {
  readonly say: (line: string) => void
  readonly #status: (line: string) => void
  readonly #kinds: number
  /** The subjects on this device, and the number of their schedules on all remaining devices. */
  #subjects: readonly Subject[] = []
  #expected = 0
  /** Schedules that needed no measurement, and when the first turn began. */
  #skipped = 0
  #start: number | undefined
  #devices = 0
  #lastSaid = Number.NEGATIVE_INFINITY

  constructor({ progress, status }: Pick<Invocation, 'progress' | 'status'>, kinds: number) {
    this.say = progress
    this.#status = status
    this.#kinds = kinds
  }

  /** Sets the subjects for the next device; other devices get the same ones. */
  expect(subjects: readonly Subject[]): void {
    this.#subjects = subjects
    const count = subjects.reduce((sum, { schedules }) => sum + schedules.length, 0)
    this.#expected = count * (this.#kinds - this.#devices++)
    this.#start = undefined
  }

  /** The listener of one subject. */
  of(subject: Subject, { kind, name }: Device): (progress: BenchProgress) => void {
    const { kernel, wide, sizes } = subject
    const element = kernel.tensors.find(each => each.name === wide)?.type.name
    const number = this.#subjects.indexOf(subject)
    const before = this.#subjects.slice(0, number).reduce((sum, { schedules }) => sum + schedules.length, 0)
    const which = this.#subjects.length > 1 ? ` (subject ${number + 1} of ${this.#subjects.length})` : ''
    const what = `${kernel.name}, ${element}, ${sizeName(Object.fromEntries(sizes))}`
    let isFirst = true
    return ({ done, total, batch, round, rounds }) => {
      const wait = this.#left(before + done, (batch * (round - 1)) / rounds)
      const quiet = performance.now() - this.#lastSaid
      if (round === 1 && quiet > (isFirst ? firstMs : sayingMs)) {
        isFirst = false
        this.#lastSaid = performance.now()
        const of = total > batch ? `, ${done} of ${total} done` : ''
        const left = wait === '' ? '' : `, ${wait}`
        this.say(
          `${what} on ${name}${which}: ${batch} ${batch === 1 ? 'schedule' : 'schedules'} interleaved${of}${left}`,
        )
      }
      // The changing parts come first, since a narrow terminal cuts off the end.
      const turn = `turn ${round} of ${rounds} of ${batch}`
      this.#status(
        `${wait === '' ? '' : `${wait}: `}${done} of ${total} schedules, ${turn}, ${what} on ${kind}${which}`,
      )
    }
  }

  /** The time left at the current pace; empty until the pace is known. */
  #left(done: number, inTurns: number): string {
    const now = performance.now()
    if (this.#start === undefined) {
      this.#start = now
      this.#skipped = done
    }
    const fresh = done + inTurns - this.#skipped
    if (fresh <= 0) return ''
    return `about ${waitText(((now - this.#start) / fresh) * (this.#expected - done - inTurns))} left`
  }
}
