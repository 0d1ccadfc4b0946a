/**
 * Tunes the INT8 kernels on a GPU, each in every element type at two sizes, and compares the winner with the schedule `best`. Prints one JSON object, also into a file after each
 * search, and a line per search on standard error.
 *
 *     npx tsx -C @qernel/source bench/tune-gpu.ts [--devices cuda,webgpu] [--only PART-OF-NAME] [--elements f32,f16,bf16] [--sizes 131072x1024,131072x4096]
 *       [--seconds 8] [--strategy auto] [--total-seconds 300] [--store FOLDER] [--out FILE.json]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Target } from '@qernel/codegen'
import { type StorageType, storageTypes } from '@qernel/dsl'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { namedSchedules, printSteps, type Schedule, type Step } from '@qernel/schedule'
import { findStrategy, type Strategy, spaceAround, type TuneProgress, tune } from '@qernel/tune'
import { isWorkerProcess, runWorker } from '@qernel/tune/worker'

const { values: options } = parseArgs({
  options: {
    devices: { type: 'string', default: 'cuda,webgpu' },
    adapter: { type: 'string' },
    only: { type: 'string', default: '' },
    elements: { type: 'string', default: 'f32,f16,bf16' },
    sizes: { type: 'string', default: '131072x1024,131072x4096' },
    seconds: { type: 'string', default: '8' },
    'total-seconds': { type: 'string', default: '300' },
    out: { type: 'string' },
    strategy: { type: 'string', default: 'auto' },
    store: { type: 'string' },
  },
})

const names = ['int8_per_channel_quantize', 'int8_per_channel_dequantize', 'int8_per_channel_scale', 'int8_per_token']

async function tuneOne(
  kind: 'cuda' | 'webgpu',
  library: LibraryKernel,
  type: StorageType,
  [T = 0, D = 0]: readonly number[],
) {
  const kernel = library.define(type)
  const sizes = new Map([
    ['T', T],
    ['D', D],
  ])
  const fixed = new Map([['D', D]])
  // As `qernel bench` promises: the largest power of 2, up to the largest tile.
  const multiples = new Map([['T', Math.min(4096, T & -T)]])
  const stepsOn = (schedule: Schedule | undefined, target: Target): readonly Step[] | undefined => {
    try {
      return schedule?.steps({ kernel, target, fixed, multiples })
    } catch {
      return undefined
    }
  }
  const best = library.schedules.find(({ name }) => name === 'best')
  const title = `${kernel.name} ${type.name} ${T}x${D} ${kind}`
  let first: TuneProgress | undefined
  let last: TuneProgress | undefined
  const result = await tune(kernel, {
    device: { kind, ...(options.adapter && { adapter: options.adapter }) },
    sizes: Object.fromEntries(sizes),
    ...{ open: 'T', wide: library.element.tensor, worker: fileURLToPath(import.meta.url) },
    strategy: findStrategy(options.strategy) as Strategy,
    budget: { seconds: Number(options.seconds) },
    baseline: target => {
      const steps = stepsOn(best, target)
      return steps && printSteps(steps)
    },
    space: target => {
      const setting = { kernel, target, fixed }
      const known = [...library.schedules, ...namedSchedules].flatMap(schedule => {
        const steps = stepsOn(schedule, target)
        return steps === undefined ? [] : [{ name: schedule.name, steps }]
      })
      return spaceAround(setting, sizes, known)
    },
    onProgress: progress => {
      first ??= progress
      last = progress
    },
    onNote: text => process.stderr.write(`${title}: ${text}\n`),
    ...(options.store && { store: join(options.store, `${title.replaceAll(' ', '-')}.jsonl`) }),
  })
  const { ranked, counts, seconds, end, ceiling, conditions } = result
  const [winner] = ranked
  const baseline = ranked.find(({ isBaseline }) => isBaseline)
  const candidates = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const found = {
    kernel: kernel.name,
    element: type.name,
    size: `${T}x${D}`,
    ...{ kind, device: conditions.device },
    ...{ end, candidates, counts, seconds, perSecond: rate(first, last) },
    tbps: ceiling?.tbps,
    winner: winner && { steps: winner.candidate.id, us: winner.timing.median, ofCeiling: winner.ofCeiling },
    best: baseline && { steps: baseline.candidate.id, us: baseline.timing.median, ofCeiling: baseline.ofCeiling },
    /** Below 1: faster than `best`. */
    ratio: winner && baseline && winner.timing.median / baseline.timing.median,
    ties: ranked.filter(({ isTie }) => isTie).map(({ candidate }) => candidate.id),
  }
  process.stderr.write(
    `${title}: ${candidates} candidates in ${seconds.toFixed(1)} s, ratio to best ${found.ratio?.toFixed(4)}\n`,
  )
  return found
}

/** Candidates per second, from the first result on: without opening the device, and without the final. */
const rate = (first: TuneProgress | undefined, last: TuneProgress | undefined): number | undefined =>
  first && last && (last.done - first.done) / (last.seconds - first.seconds)

async function main(): Promise<void> {
  if (options.store !== undefined) mkdirSync(options.store, { recursive: true })
  const elements = options.elements.split(',').flatMap(name => storageTypes.get(name) ?? [])
  const sizes = options.sizes.split(',').map(text => text.split('x').map(Number))
  const kinds = options.devices.split(',').map(name => (name === 'webgpu' ? ('webgpu' as const) : ('cuda' as const)))
  const results: unknown[] = []
  const text = () => `${JSON.stringify({ strategy: options.strategy, results }, undefined, 2)}\n`
  const all = kinds.flatMap(kind =>
    sizes.flatMap(size =>
      names
        .filter(each => each.includes(options.only))
        .flatMap(name => elements.map(type => ({ kind, size, library: findKernel(name) as LibraryKernel, type }))),
    ),
  )
  for (const { kind, size, library, type } of all) {
    if (performance.now() > 1000 * Number(options['total-seconds'])) break
    const one = { kernel: library.name, element: type.name, size: size.join('x'), kind }
    const failed = (error: unknown) => ({ ...one, problem: String(error) })
    results.push(await tuneOne(kind, library, type, size).catch(failed))
    if (options.out !== undefined) writeFileSync(options.out, text())
  }
  process.stdout.write(text())
}

if (isWorkerProcess()) runWorker({ loadPlugins: async () => undefined })
else await main()
