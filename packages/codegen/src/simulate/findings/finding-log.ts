import type { Finding, ThreadAccess } from './finding.ts'
import { accessAt, type Site } from './site.ts'

type Draft = Omit<Finding, 'severity' | 'occurrences'>

/** Collects findings: one per kind and place, with the number of occurrences. */
export class FindingLog {
  readonly #found = new Map<string, { draft: Draft; occurrences: number; earlier?: number }>()
  /** Present in a second run, which collects no findings and only looks up these accesses. */
  readonly #looksUp: Map<number, ThreadAccess | undefined> | undefined

  /** @param lookUp numbers of the accesses that this run looks up */
  constructor(lookUp?: Map<number, ThreadAccess | undefined>) {
    this.#looksUp = lookUp
  }

  /** Adds a finding about an action of a thread; `message` is called only the first time. */
  add(
    kind: Finding['kind'],
    site: Site,
    thread: number,
    at: number,
    message: () => Partial<Draft> & { message: string },
  ): void {
    this.addOnce(kind, String(site.id), () => ({ accesses: [accessAt(site, thread, at)], ...message() }))
  }

  addOnce(kind: Finding['kind'], place: string, make: () => Omit<Draft, 'kind'>, earlier?: number): void {
    if (this.#looksUp !== undefined) return
    const key = `${kind} ${place}`
    const known = this.#found.get(key)
    if (known !== undefined) {
      known.occurrences++
      return
    }
    this.#found.set(key, { draft: { kind, ...make() }, occurrences: 1, ...(earlier === undefined ? {} : { earlier }) })
  }

  /** Numbers of the earlier access of each race, for a second run to look up. */
  get unexplained(): number[] {
    return [...this.#found.values()].flatMap(({ earlier }) => (earlier === undefined ? [] : [earlier]))
  }

  /** Records the access with this number, if the run looks for it. */
  observe(number: number, site: Site, thread: number, at: number): void {
    if (this.#looksUp?.has(number)) this.#looksUp.set(number, accessAt(site, thread, at))
  }

  get isLookUp(): boolean {
    return this.#looksUp !== undefined
  }

  findings(explained: ReadonlyMap<number, ThreadAccess | undefined>): Finding[] {
    return [...this.#found.values()].map(({ draft, occurrences, earlier }) => {
      const first = earlier === undefined ? undefined : explained.get(earlier)
      return {
        ...draft,
        severity: draft.kind === 'padding' ? 'info' : 'error',
        accesses: first === undefined ? draft.accesses : [first, ...draft.accesses],
        occurrences,
      }
    })
  }
}
