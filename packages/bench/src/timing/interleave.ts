/** Measures in turns, A B C A B C …, so that a drifting clock affects all of them equally. */

/** Something that can be launched and timed. */
export interface Runner {
  readonly name: string
  /** Milliseconds of each of `repeats` launches. */
  run(repeats: number): Promise<readonly number[]>
  /** Called once, before its last turn. */
  beforeLast?(): Promise<void>
  /** Called once, right after its last turn. */
  afterLast?(): Promise<void>
}

/** Callbacks during the turns. Runners are identified by position. */
export interface InterleaveListener {
  /** Called before every turn; true ends the turns. */
  shouldStop?(round: number, position: number): boolean
  /** Called when a runner has taken its last turn, with all of its samples. */
  finished?(position: number, samples: readonly number[]): void
  /** Called when a runner failed; it takes no more turns. If this throws, the turns end. Without it they end with the error. */
  failed?(position: number, error: unknown): void
}

/** A runner with a longer launch is launched once in the first turn and once in the last: it needs no statistics. */
const slowMs = 100

/** @returns the samples of each, in the order of the runners */
export async function runInterleaved(
  runners: readonly Runner[],
  rounds: number,
  repeats: number,
  listener: InterleaveListener = {},
): Promise<number[][]> {
  const samples: number[][] = runners.map(() => [])
  const failed = new Set<number>()
  for (let round = 0; round < rounds; round++) {
    for (const [position, runner] of runners.entries()) {
      if (failed.has(position)) continue
      if (listener.shouldStop?.(round, position)) return samples
      const own = samples[position] as number[]
      const isLast = round === rounds - 1
      try {
        await takeTurn(runner, own, { isFirst: round === 0, isLast, repeats })
      } catch (error) {
        if (listener.failed === undefined) throw error
        failed.add(position)
        listener.failed(position, error)
        continue
      }
      if (isLast) listener.finished?.(position, own)
    }
  }
  return samples
}

interface Turn {
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly repeats: number
}

async function takeTurn(runner: Runner, own: number[], { isFirst, isLast, repeats }: Turn): Promise<void> {
  const isSlow = (own[0] ?? 0) > slowMs
  if (isSlow && !isLast) return
  if (isLast) await runner.beforeLast?.()
  // The first launch tells whether there is time for others.
  if (isFirst && repeats > 1) {
    own.push(...(await runner.run(1)))
    if ((own[0] as number) <= slowMs) own.push(...(await runner.run(repeats - 1)))
  } else own.push(...(await runner.run(isSlow ? 1 : repeats)))
  if (isLast) await runner.afterLast?.()
}
