/** Figures of all GPUs side by side, the schedules that reached them, and the drawing. */
import { type BenchResults, benchChart, peersOf } from '@qernel/cli'
import { bf16, f16, f32, type StorageType } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { printSteps } from '@qernel/schedule'
import { markdownTable } from '../markers.ts'
import {
  type Gpu,
  gpus,
  keyOf,
  type Measured,
  newest,
  type Peer,
  peersOn,
  runsOn,
  stepsText,
} from './performance-results.ts'

/** The target of each kernel, relative to the ceiling of its mix. */
const asked: readonly (readonly [kernel: string, cuda: number, wgsl: number])[] = [
  ['int8_per_channel_quantize', 0.985, 0.98],
  ['int8_per_channel_dequantize', 0.985, 0.97],
  ['int8_per_channel_scale', 0.98, 0.96],
  ['int8_per_token', 0.95, 0.93],
]
const elements: Readonly<Record<string, StorageType>> = { f32, f16, bf16 }
const lengths = [128, 256, 1024, 2048, 4096, 8192]
const T = 131072
const codes = { cuda: 'CUDA', webgpu: 'WGSL' } as const

/** What is faster than this share of a ceiling shows that the ceiling was not found. */
const highestShare = 1.02

const shortName = (kernel: string): string => kernel.replace('int8_per_', '')

/** One row per kernel, type, length and target language; a few columns per GPU. */
export function figures(): string {
  const all = gpus.map(gpu => ({ gpu, found: newest(gpu), peers: peersOn(gpu), runs: runsOn(gpu) }))
  const rows = asked.flatMap(([kernel, cuda, webgpu]) =>
    Object.keys(elements).flatMap(element =>
      lengths.flatMap(D =>
        (['cuda', 'webgpu'] as const).flatMap(device => {
          const key = keyOf({ kernel, element, sizes: { T, D } }, device)
          if (!all.some(({ found }) => found.has(key))) return []
          const target = { cuda, webgpu }[device]
          const cells = all.flatMap(({ found, peers, runs }) => {
            const own = found.get(key)
            return own === undefined ? ['–', '', ''] : [...figure(own, target), fastestOther(own, runs, peers)]
          })
          return [[shortName(kernel), element, String(D), codes[device], String(target), ...cells]]
        }),
      ),
    ),
  )
  const columns = gpus.flatMap(gpu => [gpu, 'of its ceiling', 'fastest other'])
  return markdownTable(['kernel', 'type', 'D', 'code', 'target', ...columns], rows)
}

function figure({ best, top }: Measured, target: number): readonly string[] {
  const ratio = best.ratio ?? 0
  const share = ratio > highestShare ? 'not found' : ratio < target ? `**${ratio.toFixed(3)}**` : ratio.toFixed(3)
  return [
    `${milliseconds(best.time?.medianMs ?? 0)} ms, ${(best.tbps ?? 0).toFixed(2)} TB/s`,
    `${share}${ratio > highestShare ? '' : ` of ${top.toFixed(2)}`}`,
  ]
}

const milliseconds = (ms: number): string => ms.toFixed(ms < 0.1 ? 4 : 3)

/** The fastest competitor: in the newest run that has some, compared with our time there; otherwise as measured apart, compared with our newest. */
function fastestOther({ subject, best }: Measured, runs: readonly BenchResults[], apart: readonly Peer[]): string {
  const { kernel, element, sizes, device } = subject
  const fastest = (peers: readonly Peer[]) =>
    [...peersOf(peers, kernel, `${sizes.T}x${sizes.D}`, element)].sort((a, b) => a.ms - b.ms)[0]
  const together = runs.flatMap(run => {
    const same = run.subjects.find(each => keyOf(each, each.device) === keyOf(subject, device))
    const ms = same?.schedules.find(({ schedule }) => schedule === 'best')?.time?.medianMs
    const other = fastest(run.peers)
    return other === undefined || ms === undefined ? [] : [{ other, ms }]
  })
  const other = together.at(-1)?.other ?? fastest(apart)
  const ms = together.at(-1)?.ms ?? best.time?.medianMs
  if (other === undefined || ms === undefined) return '–'
  return `${other.name} ${milliseconds(other.ms)} ms, ${(other.ms / ms).toFixed(2)}×`
}

/** The schedules behind the figures, with the lengths for which each GPU found them the fastest, and whether they are still `best`. */
export function usedSchedules(): string {
  const rows = new Map<string, Map<Gpu, Map<number, boolean>>>()
  for (const gpu of gpus)
    for (const { subject, best } of newest(gpu).values()) {
      const { kernel, element, sizes, device } = subject
      if (sizes.T !== T || !asked.some(([each]) => each === kernel)) continue
      const text = stepsText(best.steps)
      const row = JSON.stringify([shortName(kernel), element, codes[device], text])
      const perGpu = rows.get(row) ?? new Map<Gpu, Map<number, boolean>>()
      const perLength = perGpu.get(gpu) ?? new Map<number, boolean>()
      const D = sizes.D as number
      rows.set(row, perGpu.set(gpu, perLength.set(D, text === bestToday(kernel, element, device, D))))
    }
  const order = ([kernel, element, code]: readonly string[]) =>
    asked.findIndex(([name]) => shortName(name) === kernel) * 100 +
    Object.keys(elements).indexOf(element as string) * 10 +
    (code === 'CUDA' ? 0 : 1)
  const cells = (lengthsOf: ReadonlyMap<number, boolean> | undefined): string =>
    [...(lengthsOf ?? [])]
      .sort(([a], [b]) => a - b)
      .map(([D, isBest]) => `${D}${isBest ? '' : ' (not best)'}`)
      .join(', ') || '–'
  return markdownTable(
    ['kernel', 'type', 'code', 'schedule', ...gpus.map(gpu => `${gpu}: D`)],
    [...rows]
      .map(([row, perGpu]) => [...(JSON.parse(row) as string[]), ...gpus.map(gpu => cells(perGpu.get(gpu)))])
      .sort((a, b) => order(a) - order(b)),
  )
}

/** The steps of `best` as it is now, for the lengths that a run fixes and multiples that it knows. */
function bestToday(kernel: string, element: string, device: 'cuda' | 'webgpu', D: number): string {
  const library = findKernel(kernel)
  const best = library?.schedules.find(({ name }) => name === 'best')
  const type = elements[element]
  if (library === undefined || best === undefined || type === undefined) return ''
  return printSteps(
    best.steps({
      kernel: library.define(type),
      target: { name: device === 'cuda' ? 'cuda' : 'wgsl', subgroup: { min: 32, max: 32 } },
      fixed: new Map([['D', D]]),
      multiples: new Map([['T', T]]),
    }),
  )
}

/** Bandwidth by size: the fastest schedule and the ceiling on every GPU, in both languages. */
export const performanceChart = (): string => {
  const subjects = gpus.flatMap(gpu =>
    [...newest(gpu).values()].map(({ subject, best }) => ({
      ...subject,
      on: `${codes[subject.device]}, ${gpu}`,
      schedules: [{ ...best, schedule: 'fastest' }],
    })),
  )
  const [first] = runsOn('H100') as [BenchResults]
  return benchChart({ ...first, subjects, peers: [] })
}
