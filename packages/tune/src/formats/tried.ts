import type { OutcomeClass } from '../outcome.ts'

/** A finished candidate, as reports and exchange formats need it. An outcome record of a store is one. */
export interface Tried {
  /** The steps as text. */
  readonly id: string
  /** When it was finished, ISO 8601. */
  readonly date: string
  readonly class: OutcomeClass
  /** Microseconds; present if the class is `correct`. */
  readonly timing?: {
    readonly median: number
    readonly p20: number
    readonly p80: number
    readonly samples: readonly number[]
  }
  /** Why there is no time. */
  readonly problem?: string
  readonly costSeconds: number
  readonly parameters?: Readonly<Record<string, number | string>>
}
