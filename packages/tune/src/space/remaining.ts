/**
 * The combinations of a template that may still be legal, each equally likely to be drawn. What turns out to be illegal is taken away, all that begins like it at once: so draws stay uniform over the legal combinations, and get
 * faster.
 */
import type { Random } from '../candidate.ts'

/** The combinations that begin in one way. */
interface Beginning {
  /** How many of them may be legal. */
  count: number
  /** Whether schedules may begin like this. */
  isConfirmed: boolean
  readonly next: Map<number, Beginning>
}

/** Beginnings that are kept; of others, nothing is remembered. */
const mostKept = 200_000
/** Draws of a way before all that are left are listed. */
const attempts = 32

const fresh = (count: number): Beginning => ({ count, isConfirmed: false, next: new Map() })

export class Remaining {
  readonly #ways: readonly number[]
  /** The combinations behind the first 0, 1, 2… choices. */
  readonly #below: readonly number[]
  readonly #root: Beginning
  #kept = 0

  /** @param ways how many there are to choose at each step */
  constructor(ways: readonly number[]) {
    this.#ways = ways
    this.#below = [...ways.keys(), ways.length].map(from => ways.slice(from).reduce((product, n) => product * n, 1))
    this.#root = fresh(this.#below[0] as number)
  }

  /** How many combinations may be legal. */
  get count(): number {
    return this.#root.count
  }

  /** A way for each step. There must be a combination left. */
  draw(random: Random): number[] {
    let at: Beginning | undefined = this.#root
    return this.#ways.map((ways, step) => {
      const way = drawWay(at, ways, this.#below[step + 1] as number, random)
      at = at?.next.get(way)
      return way
    })
  }

  /** Whether schedules may begin with the ways of the first steps, as found out before. */
  isConfirmed(ways: readonly number[], steps: number): boolean {
    return this.#path(ways, steps, false)?.at(-1)?.isConfirmed === true
  }

  confirm(ways: readonly number[], steps: number): void {
    const last = this.#path(ways, steps, true)?.at(-1)
    if (last !== undefined) last.isConfirmed = true
  }

  /** Takes away the combinations that begin with the ways of the first steps. */
  exclude(ways: readonly number[], steps: number): void {
    const path = this.#path(ways, steps, true)
    const last = path?.at(-1)
    if (path === undefined || last === undefined) return
    const { count } = last
    last.next.clear()
    for (const each of path) each.count -= count
  }

  /** The beginnings with 0, 1, 2… steps; undefined if one of them is not kept. */
  #path(ways: readonly number[], steps: number, isKept: boolean): Beginning[] | undefined {
    const path = [this.#root]
    for (let step = 0; step < steps; step++) {
      const at = path[step] as Beginning
      let next = at.next.get(ways[step] as number)
      if (next === undefined) {
        if (!isKept || this.#kept >= mostKept) return undefined
        next = fresh(this.#below[step + 1] as number)
        at.next.set(ways[step] as number, next)
        this.#kept++
      }
      path.push(next)
    }
    return path
  }
}

/** One of the ways, in proportion to what is left behind each. */
function drawWay(at: Beginning | undefined, ways: number, below: number, random: Random): number {
  const left = (way: number) => at?.next.get(way)?.count ?? below
  for (let attempt = 0; attempt < attempts; attempt++) {
    const way = Math.min(ways - 1, Math.floor(random() * ways))
    if (left(way) === below || random() * below < left(way)) return way
  }
  let place = random() * (at?.count ?? 0)
  let last = 0
  for (let way = 0; way < ways; way++) {
    if (left(way) <= 0) continue
    last = way
    place -= left(way)
    if (place < 0) return way
  }
  return last
}
