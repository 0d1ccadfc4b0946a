/** The table of the decode kernels under their best schedules. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { markdownTable } from '../markers.ts'
import { root } from '../qernel.ts'

const measured = v.object({
  commit: v.string(),
  results: v.array(
    v.object({
      kind: v.picklist(['cuda', 'webgpu']),
      kernel: v.string(),
      us: v.number(),
      tbps: v.number(),
      ceiling: v.number(),
      share: v.number(),
      /** If another commit than that of the file was measured. */
      commit: v.optional(v.string()),
    }),
  ),
})

/** Made from the file that bench/decode.ts wrote. */
export function decodeTable(): string {
  const file = join(root, 'bench/results/decode-h200.json')
  const { commit, results } = v.parse(measured, JSON.parse(readFileSync(file, 'utf8')))
  const kernels = [...new Set(results.map(({ kernel }) => kernel))]
  const rows = kernels.map(kernel => {
    const [cuda, wgsl] = (['cuda', 'webgpu'] as const).map(kind =>
      results.find(each => each.kernel === kernel && each.kind === kind),
    )
    return [
      kernel,
      ...[cuda, wgsl].flatMap(found =>
        found === undefined
          ? ['–', '']
          : [
              `${found.us.toFixed(1)} µs, ${found.tbps.toFixed(2)} TB/s`,
              `${found.share.toFixed(3)} of ${found.ceiling.toFixed(2)}`,
            ],
      ),
      cuda?.commit ?? commit,
    ]
  })
  return markdownTable(['kernel', 'CUDA', 'of its ceiling', 'WGSL', 'of its ceiling', 'commit'], rows)
}
