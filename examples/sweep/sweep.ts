/**
 * Measures many schedules of one kernel and prints a line of JSON for each as soon as it is known, fastest last. A place to start from:
 *
 *     npx tsx -C @qernel/source examples/sweep/sweep.ts 4096 1024 > rows.jsonl
 */
import { benchmark } from '@qernel/bench'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { openDevice } from '@qernel/runtime'
import { coarsen, fixedSchedule, type Step, sequence, tile, vectorize } from '@qernel/schedule'

/** Every combination of a few arguments. Those that do not apply are refused, and cost next to nothing. */
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

/** @param print gets one line for each schedule, and a last one with the fastest */
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
        // `known` skips what an earlier run has, `shouldStop` ends between turns: see BenchOptions.
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
