/** The results that `qernel bench` left in bench/results, by GPU. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchResults, readPeers } from '@qernel/cli'
import * as v from 'valibot'
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
/** The GPUs that were measured; the files of each begin with its name. */
export const gpus = ['H100', 'H200'] as const
export type Gpu = (typeof gpus)[number]

/** The runs on a GPU, the oldest first. */
export const runsOn = (gpu: Gpu): BenchResults[] =>
  filesOf(`${gpu.toLowerCase()}-`, '.json').map(
    file => v.parse(benchResults, JSON.parse(readFileSync(file, 'utf8'))) as unknown as BenchResults,
  )

export type Peer = ReturnType<typeof readPeers>[number]

/** Other implementations on a GPU that were measured apart from a run. */
export const peersOn = (gpu: Gpu): readonly Peer[] =>
  filesOf(`${gpu.toLowerCase()}-`, '-peers.jsonl').flatMap(readPeers)

export type Subject = BenchResults['subjects'][number]
export type Schedule = Subject['schedules'][number]

/** A ceiling so far below that of another run was measured before the clock of the GPU had risen. */
const risen = 0.8

export interface Measured {
  readonly subject: Subject
  readonly best: Schedule
  /** TB/s of the ceiling interleaved with it. */
  readonly top: number
}

/** The newest result of each device, kernel, type and size on a GPU, with its fastest schedule. */
export function newest(gpu: Gpu): Map<string, Measured> {
  const all = runsOn(gpu).flatMap(({ subjects }) => subjects)
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

export const keyOf = (
  { kernel, element, sizes }: Pick<Subject, 'kernel' | 'element' | 'sizes'>,
  device: string,
): string => `${kernel} ${element} ${sizes.T} × ${sizes.D} ${device}`

/** Steps as on the command line. */
export const stepsText = (steps: Schedule['steps']): string =>
  steps
    .map(
      ({ transform, ...args }) =>
        `${transform}(${Object.entries(args)
          .map(([name, value]) => `${name}=${value}`)
          .join(',')})`,
    )
    .join(' ')
