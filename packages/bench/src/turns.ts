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

/** @returns the samples of each, in the order of the runners */
export async function takeTurns(runners: readonly Runner[], rounds: number, repeats: number): Promise<number[][]> {
  const samples: number[][] = runners.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [position, runner] of runners.entries()) {
      const isLast = round === rounds - 1
      if (isLast) await runner.beforeLast?.()
      samples[position]?.push(...(await runner.run(repeats)))
      if (isLast) await runner.afterLast?.()
    }
  }
  return samples
}
