/**
 * How fast the compiler is, warm, on one core: from definition and schedule to source, and from schedules of one kernel to
 * source, as a sweep makes them.
 *
 *   npm run bench:compile [-- SECONDS]
 */
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { findKernel, int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from '@qernel/kernels'
import { namedSchedules, parseSteps } from '@qernel/schedule'

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

type Row = { kernel: string; schedule: string; target: string; µs: number; 'a second': number }
const row = (kernel: string, schedule: string, target: string, micros: number): Row => ({
  kernel,
  schedule,
  target,
  µs: Math.round(micros),
  'a second': Math.round(1e6 / micros),
})

const rows = definitions.flatMap(define =>
  namedSchedules.flatMap(({ name, steps }) =>
    [wgsl, cuda].map(target => {
      const micros = time(() => {
        const kernel = define()
        return target.compile(kernel, steps(kernel), { scheduleName: name })
      })
      return row(define().name, name, target.name, micros)
    }),
  ),
)
console.log('definition and schedule to source')
console.table(rows)
console.log(`slowest median ${Math.max(...rows.map(each => each['µs']))} µs\n`)

/** Candidates of a sweep: elementwise ones by the named schedules, fused reductions by the best of the library. */
const elementwise = [int8PerChannelQuantize(), int8PerChannelDequantize()].flatMap(kernel =>
  namedSchedules.flatMap(({ name, steps }) =>
    [wgsl, cuda].map(target => ({ kernel, name, steps: steps(kernel), target })),
  ),
)
const fused = ['int8_per_token', 'llama_cpp_q8_0', 'group_symmetric_i4_g32_inner', 'kivi_key_u4'].flatMap(name => {
  const entry = findKernel(name)
  if (entry === undefined) throw new Error(`no kernel ${name}`)
  const kernel = entry.define()
  return [wgsl, cuda].map(target => {
    const text = entry.schedules[0]?.steps({ name: target.name, subgroups: target === cuda, fixed: new Map() }) ?? ''
    return { kernel, name: 'best', steps: parseSteps(text), target }
  })
})
for (const [title, candidates] of [
  ['elementwise', elementwise],
  ['fused reductions', fused],
] as const) {
  const each = candidates.map(({ kernel, name, steps, target }) =>
    row(
      kernel.name,
      name,
      target.name,
      time(() => target.compile(kernel, steps, { fallback: false })),
    ),
  )
  console.log(`schedules of one kernel to source: ${title}`)
  console.table(each)
  const mean = each.reduce((sum, one) => sum + one['µs'], 0) / each.length
  console.log(`on average ${Math.round(1e6 / mean)} candidates a second\n`)
}
