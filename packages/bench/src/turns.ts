/** Measuring in turns: A B C A B C …, so that a clock that drifts drifts for all of them. */

/** Something that can be launched and timed. */
export interface Runner {
  readonly name: string
  /** Milliseconds of so many launches, each by itself. */
  run(repeats: number): Promise<readonly number[]>
  /** Called once, before its last turn. */
  beforeLast?(): Promise<void>
  /** Called once, right after its last turn. */
  afterLast?(): Promise<void>
}

/** A runner whose launch takes longer is launched once in the first turn and once in the last: it needs no statistics. */
const slowMs = 100

/** @returns the samples of each, in the order of the runners */
export async function takeTurns(runners: readonly Runner[], rounds: number, repeats: number): Promise<number[][]> {
  const samples: number[][] = runners.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [position, runner] of runners.entries()) {
      const own = samples[position] as number[]
      const isLast = round === rounds - 1
      const isSlow = (own[0] ?? 0) > slowMs
      if (isSlow && !isLast) continue
      if (isLast) await runner.beforeLast?.()
      // The first launch tells whether there is time for others.
      if (round === 0 && repeats > 1) {
        own.push(...(await runner.run(1)))
        if ((own[0] as number) <= slowMs) own.push(...(await runner.run(repeats - 1)))
      } else own.push(...(await runner.run(isSlow ? 1 : repeats)))
      if (isLast) await runner.afterLast?.()
    }
  }
  return samples
}
