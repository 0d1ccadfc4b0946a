/** Which lines of a source come from which loops of the nest, as the printers tell it. */
import type { LoopId } from '@qernel/dsl'
import type { LoopLines } from '../launch/compiled-kernel.ts'
import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'

/** A line, and the loops that it comes from. */
export interface PrintedLine {
  readonly text: string
  readonly loops: readonly LoopId[]
}

/** The positions of workgroups and threads that a statement mentions, such as `group.x`. */
export class Positions {
  readonly #mentioned = new Set<string>()

  add({ of, dimension }: DeviceExpr & { readonly kind: 'thread' }): void {
    this.#mentioned.add(`${of}.${dimension}`)
  }

  clear(): void {
    this.#mentioned.clear()
  }

  /** The loops inside the thread that a statement stands in, and those whose index it mentions. */
  loopsOf({ origin }: DeviceStatement): readonly LoopId[] {
    if (origin === undefined) return none
    if (this.#mentioned.size === 0) return origin.loops
    const threads = origin.threads.filter(({ of, dimension }) => this.#mentioned.has(`${of}.${dimension}`))
    return threads.length === 0 ? origin.loops : [...threads.map(({ loop }) => loop), ...origin.loops]
  }
}

const none: readonly LoopId[] = []

/**
 * The lines of a whole source that come from loops.
 *
 * @param parts of the source, in its order
 */
export function loopLines(source: string, parts: readonly (readonly PrintedLine[])[]): LoopLines[] {
  const found: LoopLines[] = []
  let [at, line] = [0, 1]
  const skipTo = (next: number): void => {
    for (let i = source.indexOf('\n', at); i >= 0 && i < next; i = source.indexOf('\n', i + 1)) line++
    at = next
  }
  for (const part of parts) {
    const text = part.map(one => one.text).join('\n')
    const start = source.indexOf(text, at)
    if (start < 0) throw new Error('a part of a source is not in it')
    skipTo(start)
    for (const [position, { loops }] of part.entries()) {
      const last = found.at(-1)
      const here = line + position
      if (last?.to === here - 1 && isSame(last.loops, loops)) found[found.length - 1] = { ...last, to: here }
      else if (loops.length > 0) found.push({ from: here, to: here, loops })
    }
    skipTo(start + text.length)
  }
  return found
}

const isSame = (some: readonly LoopId[], others: readonly LoopId[]): boolean =>
  some === others || (some.length === others.length && some.every((id, i) => id === others[i]))
