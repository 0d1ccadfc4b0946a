/**
 * How fast the compiler is: from definition and schedule to source, warm, on one core.
 *
 *   npm run bench:compile [-- SECONDS]
 */
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from '@qernel/kernels'
import { namedSchedules } from '@qernel/schedule'

const seconds = Number(process.argv[2] ?? 0.5)
const definitions = [int8PerChannelQuantize, int8PerChannelDequantize, int8PerChannel]

/** Median time of one call, in microseconds. */
function time(run: () => unknown): number {
  const warm = performance.now() + 200 * seconds
  while (performance.now() < warm) run()
  const samples: number[] = []
  const end = performance.now() + 1000 * seconds
  while (performance.now() < end) {
    const start = performance.now()
    run()
    samples.push(performance.now() - start)
  }
  return 1000 * (samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)] as number)
}

const rows: { kernel: string; schedule: string; target: string; µs: number; 'a second': number }[] = []
for (const define of definitions)
  for (const { name, steps } of namedSchedules)
    for (const target of [wgsl, cuda]) {
      const micros = time(() => {
        const kernel = define()
        return target.compile(kernel, steps(kernel), { scheduleName: name })
      })
      rows.push({
        kernel: define().name,
        schedule: name,
        target: target.name,
        µs: Math.round(micros),
        'a second': Math.round(1e6 / micros),
      })
    }
console.table(rows)
const slowest = Math.max(...rows.map(row => row['µs']))
console.log(`definition and schedule to source, warm: slowest median ${slowest} µs`)
