/**
 * Measures many schedules of one kernel and prints one line of JSON per result as soon as it is known, and the fastest last. A starting point:
 *
 *     npx tsx -C @qernel/source examples/sweep/sweep.ts 4096 1024 > rows.jsonl
 */
import { benchmark } from '@qernel/bench'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { openDevice } from '@qernel/runtime'
import { coarsen, fixedSchedule, type Step, sequence, tile, vectorize } from '@qernel/schedule'

/** Every combination of a few arguments. Combinations that do not apply are refused at almost no cost. */
function* schedules(): Generator<readonly Step[]> {
  for (const rows of [1, 2, 4, 8])
    for (const columns of [64, 128, 256])
      for (const width of [4, 8])
        for (const copies of [1, 4])
          yield sequence(
            tile({ t: rows * copies, d: columns }),
            copies > 1 && coarsen({ t: copies }),
            vectorize({ d: width }),
          )
}

/** @param print receives one line per schedule, and a last one with the fastest */
export async function sweep(
  T: number,
  D: number,
  print: (line: string) => void,
  candidates: Iterable<readonly Step[]> = schedules(),
): Promise<void> {
  const device = await openDevice()
  try {
    const result = await benchmark(
      device,
      {
        kernel: int8PerChannelQuantize(),
        wide: 'x',
        sizes: new Map([
          ['T', T],
          ['D', D],
        ]),
        open: 'T',
        schedules: [...candidates].map(steps => fixedSchedule(steps)),
      },
      {
        ...{ rounds: 3, repeats: 10, warmup: 3, rotateBytes: device.isSoftware ? 0 : 2 ** 28 },
        // `known` skips the results of an earlier run, `shouldStop` ends the run between turns: see BenchOptions.
        onResult: row => print(JSON.stringify(row)),
      },
    )
    const measured = result.schedules.filter(({ time }) => time !== undefined)
    const [fastest] = [...measured].sort((a, b) => (a.time?.medianMs ?? 0) - (b.time?.medianMs ?? 0))
    print(JSON.stringify({ device: device.name, fastest: fastest?.schedule, ms: fastest?.time?.medianMs }))
  } finally {
    await device.close()
  }
}

if (process.argv[1] === import.meta.filename) {
  const [T = 4096, D = 1024] = process.argv.slice(2).map(Number)
  await sweep(T, D, line => process.stdout.write(`${line}\n`))
}
