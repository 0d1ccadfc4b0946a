/** The table of the named schedules: their times as multiples of the time of `best`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { markdownTable } from '../markers.ts'
import { root } from '../qernel.ts'

const measured = v.object({
  gpus: v.array(v.string()),
  results: v.array(
    v.object({
      device: v.picklist(['cuda', 'webgpu']),
      kernel: v.string(),
      element: v.string(),
      sizes: v.record(v.string(), v.number()),
      ms: v.record(v.string(), v.number()),
    }),
  ),
})

const names = ['naive', 'tiled', 'coarsened', 'vectorized'] as const
const devices = ['cuda', 'webgpu'] as const

/** Made from the file that bench/named-schedules.ts wrote. */
export function namedTable(): string {
  const file = join(root, 'bench/results/named-h200.json')
  const { results } = v.parse(measured, JSON.parse(readFileSync(file, 'utf8')))
  const kernels = [...new Set(results.map(({ kernel }) => kernel))]
  const rows = kernels.map(kernel => [
    kernel,
    ...devices.flatMap(device => {
      const found = results.find(each => each.kernel === kernel && each.device === device)
      if (found === undefined) return names.map(() => '')
      const { best = Number.NaN } = found.ms
      return names.map(name => {
        const ms = found.ms[name]
        return ms === undefined ? '–' : (ms / best).toFixed(2)
      })
    }),
  ])
  return markdownTable(['kernel', ...['CUDA', 'WGSL'].flatMap(code => names.map(name => `${code}, ${name}`))], rows)
}
