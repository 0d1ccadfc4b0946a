/** docs/performance.md: its tables and drawing, made from the results that `qernel bench` left in bench/results. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchResults, benchChart, peersOf, readPeers } from '@qernel/cli'
import * as v from 'valibot'
import { markdownTable } from '../markers.ts'
import { root } from '../qernel.ts'

const folder = join(root, 'bench/results')
const filesOf = (start: string, end: string): string[] =>
  readdirSync(folder)
    .filter(file => file.startsWith(start) && file.endsWith(end))
    .sort()
    .map(file => join(folder, file))
const amount = v.number()
const ceiling = v.optional(v.looseObject({ tbps: amount }))
/** The members that this page reads. */
const benchResults = v.looseObject({
  subjects: v.array(
    v.looseObject({
      device: v.picklist(['webgpu', 'cuda']),
      kernel: v.string(),
      element: v.string(),
      sizes: v.record(v.string(), amount),
      ceiling,
      schedules: v.array(
        v.looseObject({
          schedule: v.string(),
          steps: v.array(v.looseObject({ transform: v.string() })),
          time: v.optional(v.looseObject({ medianMs: amount })),
          tbps: v.optional(amount),
          ratio: v.optional(amount),
          ceiling,
        }),
      ),
    }),
  ),
  ceilings: v.array(v.looseObject({})),
  peers: v.array(
    v.looseObject({ kind: v.string(), name: v.string(), size: v.string(), dtype: v.string(), ms: amount }),
  ),
})
const runs = (device = 'h100'): BenchResults[] =>
  filesOf(`${device}-`, '.json').map(
    file => v.parse(benchResults, JSON.parse(readFileSync(file, 'utf8'))) as unknown as BenchResults,
  )

type Subject = BenchResults['subjects'][number]
type Schedule = Subject['schedules'][number]

/** The target of each kernel, relative to the ceiling of its mix. */
const asked: readonly (readonly [kernel: string, cuda: number, wgsl: number])[] = [
  ['int8_per_channel_quantize', 0.985, 0.98],
  ['int8_per_channel_dequantize', 0.985, 0.97],
  ['int8_per_channel_scale', 0.98, 0.96],
  ['int8_per_token', 0.95, 0.93],
]

const measuredLengths = [1024, 2048, 4096, 8192]

/** A ceiling so far below that of another run was measured before the clock of the GPU had risen. */
const risen = 0.8

interface Measured {
  readonly subject: Subject
  readonly best: Schedule
  /** TB/s of the ceiling interleaved with it. */
  readonly top: number
}

/** The newest result of each device, kernel, type and size, with its fastest schedule. */
function newest(device = 'h100'): Map<string, Measured> {
  const all = runs(device).flatMap(({ subjects }) => subjects)
  const found = new Map<string, Measured>()
  for (const subject of all) {
    const key = keyOf(subject, subject.device)
    const alike = all.filter(each => keyOf(each, each.device) === key)
    const highest = Math.max(...alike.map(({ ceiling }) => ceiling?.tbps ?? 0))
    const [best] = [...subject.schedules].sort((a, b) => (b.tbps ?? 0) - (a.tbps ?? 0))
    const top = (best?.ceiling ?? subject.ceiling)?.tbps
    if (best?.tbps === undefined || top === undefined || top < risen * highest) continue
    found.set(key, { subject, best, top })
  }
  return found
}

const keyOf = ({ kernel, element, sizes }: Pick<Subject, 'kernel' | 'element' | 'sizes'>, device: string): string =>
  `${kernel} ${element} ${sizes.T} × ${sizes.D} ${device}`

export function performanceParts(): Record<string, string> {
  return { figures: figures(), h200: h200(), peers: peers(), schedules: schedules(), seed: seedTable() }
}

export const performanceChart = (): string => {
  const subjects = [...newest().values()].map(({ subject, best }) => ({
    ...subject,
    schedules: subject.schedules.flatMap(each =>
      each === best ? [{ ...each, schedule: 'fastest' }] : each.schedule === 'naive' ? [each] : [],
    ),
  }))
  const [first] = runs() as [BenchResults]
  return benchChart({ ...first, subjects })
}

function figures(): string {
  const found = newest()
  const rows = asked.flatMap(([kernel, cuda, wgsl]) =>
    ['f32', 'f16'].flatMap(element =>
      measuredLengths.flatMap(D =>
        (['cuda', 'webgpu'] as const).map(device => {
          const sizes = { T: 131072, D }
          const own = found.get(keyOf({ kernel, element, sizes }, device))
          const head = [kernel.replace('int8_per_', ''), element, String(D), device === 'cuda' ? 'CUDA' : 'WGSL']
          const target = device === 'cuda' ? cuda : wgsl
          if (own === undefined) return [...head, 'not measured', '', '', String(target), '', '']
          const { best, top } = own
          const ratio = best.ratio ?? 0
          return [
            ...head,
            `${(best.time?.medianMs ?? 0).toFixed(3)} ms`,
            (best.tbps ?? 0).toFixed(3),
            ratio.toFixed(3),
            String(target),
            ratio >= target ? 'reached' : '**missed**',
            top.toFixed(3),
          ]
        }),
      ),
    ),
  )
  const titles = ['kernel', 'type', 'D', 'code', 'median', 'TB/s', 'of its ceiling', 'target', '', 'ceiling, TB/s']
  return markdownTable(titles, rows)
}

/** Kernels on an H200, and the fastest competitor on the same machine. */
function h200(): string {
  const others = filesOf('h200-', '-peers.jsonl').flatMap(readPeers)
  const rows = [...newest('h200').values()].map(({ subject, best, top }) => {
    const { kernel, element, sizes } = subject
    const [first] = [...peersOf(others, kernel, `${sizes.T}x${sizes.D}`, element)].sort((a, b) => a.ms - b.ms)
    return [
      kernel.replace('int8_per_', ''),
      element,
      String(sizes.D),
      subject.device === 'cuda' ? 'CUDA' : 'WGSL',
      `${(best.time?.medianMs ?? 0).toFixed(4)} ms`,
      (best.tbps ?? 0).toFixed(3),
      (best.ratio ?? 0).toFixed(3),
      top.toFixed(3),
      first === undefined ? '–' : `${first.name}, ${first.ms.toFixed(4)} ms`,
    ]
  })
  const order = ([kernel, element, D, code]: readonly string[]) =>
    `${code} ${kernel} ${['f32', 'f16', 'bf16'].indexOf(element ?? '')} ${D?.padStart(6)}`
  rows.sort((a, b) => (order(a) < order(b) ? -1 : 1))
  const titles = ['kernel', 'type', 'D', 'code', 'median', 'TB/s', 'of its ceiling', 'ceiling, TB/s', 'fastest other']
  return markdownTable(titles, rows)
}

/** The fastest competitor in the same run, and how many times as fast `best` is. */
function peers(): string {
  const rows = runs().flatMap(({ subjects, peers: others }) =>
    subjects
      .filter(({ device }) => device === 'cuda')
      .flatMap(subject => {
        const size = `${subject.sizes.T}x${subject.sizes.D}`
        const [first] = [...peersOf(others, subject.kernel, size, subject.element)].sort((a, b) => a.ms - b.ms)
        if (first === undefined) return []
        const own = (device: string) => {
          const same = subjects.find(each => keyOf(each, each.device) === keyOf(subject, device))
          const ms = same?.schedules.find(({ schedule }) => schedule === 'best')?.time?.medianMs
          return ms === undefined ? '–' : `${ms.toFixed(3)} ms, ${(first.ms / ms).toFixed(3)}×`
        }
        const name = subject.kernel.replace('int8_per_', '')
        const key = [name, subject.element, String(subject.sizes.D)]
        return [[...key, first.name, `${first.ms.toFixed(3)} ms`, own('cuda'), own('webgpu')]]
      }),
  )
  const place = ([kernel, element, D]: readonly string[]) =>
    ['quantize', 'dequantize', 'scale'].findIndex(kind => kernel === `channel_${kind}`) * 1e6 +
    (element === 'f16' ? 1e5 : 0) +
    Number(D)
  rows.sort((a, b) => place(a) - place(b))
  return markdownTable(['kernel', 'type', 'D', 'fastest other', 'its median', 'CUDA', 'WGSL'], rows)
}

/** The results of the schedules of one kernel, the fastest first. */
function schedules(): string {
  return [...newest().values()]
    .filter(({ subject: { kernel, sizes } }) => sizes.D === 1024 && kernel.endsWith('quantize'))
    .filter(({ subject }) => subject.device === 'cuda' && subject.element === 'f32')
    .map(({ subject }) => {
      const rows = [...subject.schedules]
        .sort((a, b) => (b.tbps ?? 0) - (a.tbps ?? 0))
        .map(({ schedule, time, tbps, ratio, steps }) => [
          schedule === 'best' ? `best: ${steps.map(step => stepText(step)).join(' ')}` : schedule,
          `${(time?.medianMs ?? 0).toFixed(3)} ms`,
          (tbps ?? 0).toFixed(3),
          (ratio ?? 0).toFixed(3),
        ])
      const title = `\`${subject.kernel}\`, f32, 131072 × 1024, CUDA\n\n`
      return title + markdownTable(['schedule', 'median', 'TB/s', 'of the ceiling'], rows)
    })
    .join('\n')
}

const stepText = ({ transform, ...args }: Schedule['steps'][number]): string =>
  `${transform}(${Object.entries(args)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')})`

/** arXiv 2601.04719: quantize and dequantize together, ms, and the speed-up over its CPU code. */
const published: readonly (readonly [
  size: string,
  naive: number,
  tiled: number,
  coarsened: number,
  vectorized: number,
  cpu: number,
])[] = [
  ['2048x128', 0.03, 0.032, 0.026, 0.025, 212],
  ['16384x256', 0.271, 0.3, 0.234, 0.187, 660],
  ['65536x256', 1.258, 1.475, 0.935, 0.725, 1176],
  ['131072x256', 2.488, 1.915, 1.755, 1.459, 1147],
  ['131072x1024', 7.98, 6.93, 6.99, 5.76, 1495],
  ['131072x2048', 13.21, 13.97, 13.95, 11.55, 1600],
  ['131072x4096', 26.97, 30.08, 27.84, 23.16, 1632],
  ['131072x8192', 51.38, 58.09, 57.42, 46.91, 1694],
]

function seedTable(): string {
  const all = runs()
  const cpu = all.flatMap(run => run.cpu)
  const time = (size: string, device: string, schedule: string): number | undefined => {
    const parts = ['quantize', 'dequantize'].map(
      kind =>
        all
          .flatMap(({ subjects }) => subjects)
          .filter(s => `${s.sizes.T}x${s.sizes.D}` === size && s.element === 'f32' && s.device === device)
          .filter(s => s.kernel === `int8_per_channel_${kind}`)
          .flatMap(s => s.schedules.filter(each => each.schedule === schedule))
          .at(-1)?.time?.medianMs,
    )
    return parts.every(part => part !== undefined) ? parts.reduce((a, b) => a + b, 0) : undefined
  }
  const ms = (value: number | undefined): string =>
    value === undefined ? '–' : value >= 1000 ? String(Math.round(value)) : value.toPrecision(3)
  const names = ['naive', 'tiled', 'coarsened', 'vectorized'] as const
  const rows = published.map(([size, ...columns]) => {
    const cells = names.map(
      (name, i) => `${columns[i]} / ${ms(time(size, 'cuda', name))} / ${ms(time(size, 'webgpu', name))}`,
    )
    const order = (name: string) => {
      const one = cpu.find(each => each.size === size && each.order === name)
      return one && one.quantizeMs + one.dequantizeMs
    }
    const [byColumn, byRow] = [order('column by column'), order('row by row')]
    const own = time(size, 'cuda', 'vectorized')
    const faster = (slow: number | undefined) => (own && slow ? `${Math.round(slow / own)}×` : '–')
    return [
      size.replace('x', ' × '),
      ...cells,
      ms(byColumn),
      ms(byRow),
      `${columns[4]}× / ${faster(byColumn)}`,
      faster(byRow),
    ]
  })
  return markdownTable(['T × D', ...names, 'CPU, by columns', 'CPU, by rows', 'over columns', 'over rows'], rows)
}
