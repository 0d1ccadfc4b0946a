/**
 * Tunes the INT8 kernels on a GPU, each in every element type at two sizes, and compares the winner with the schedule `best`. Prints one JSON object, and a line per search on
 * standard error.
 *
 *     npx tsx -C @qernel/source bench/tune-gpu.ts [--device cuda|webgpu] [--only PART-OF-NAME] [--elements f32,f16,bf16] [--sizes 131072x1024,131072x4096]
 *       [--seconds 60] [--strategy auto] [--total-seconds 540] [--store FOLDER]
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Target } from '@qernel/codegen'
import { type StorageType, storageTypes } from '@qernel/dsl'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { namedSchedules, printSteps, type Schedule, type Step } from '@qernel/schedule'
import { findStrategy, legality, predictedCost, type Strategy, scheduleSpace, templateAround, tune } from '@qernel/tune'
import { isWorkerProcess, runWorker } from '@qernel/tune/worker'

const { values: options } = parseArgs({
  options: {
    device: { type: 'string', default: 'cuda' },
    adapter: { type: 'string' },
    only: { type: 'string', default: '' },
    elements: { type: 'string', default: 'f32,f16,bf16' },
    sizes: { type: 'string', default: '131072x1024,131072x4096' },
    seconds: { type: 'string', default: '60' },
    'total-seconds': { type: 'string', default: '540' },
    strategy: { type: 'string', default: 'auto' },
    store: { type: 'string' },
  },
})

const names = ['int8_per_channel_quantize', 'int8_per_channel_dequantize', 'int8_per_channel_scale', 'int8_per_token']

async function tuneOne(library: LibraryKernel, type: StorageType, [T = 0, D = 0]: readonly number[]) {
  const kernel = library.define(type)
  const sizes = new Map([
    ['T', T],
    ['D', D],
  ])
  const fixed = new Map([['D', D]])
  const stepsOn = (schedule: Schedule | undefined, target: Target): readonly Step[] | undefined => {
    try {
      return schedule?.steps({ kernel, target, fixed })
    } catch {
      return undefined
    }
  }
  const best = library.schedules.find(({ name }) => name === 'best')
  const title = `${kernel.name} ${type.name} ${T}x${D}`
  const result = await tune(kernel, {
    device: {
      kind: options.device === 'webgpu' ? 'webgpu' : 'cuda',
      ...(options.adapter && { adapter: options.adapter }),
    },
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
        return steps !== undefined && legality(setting)(steps) ? [{ name: schedule.name, steps }] : []
      })
      return scheduleSpace({
        schedules: known.map(({ steps }) => steps),
        templates: known.map(({ name, steps }) => templateAround(steps, name)),
        isLegal: legality(setting),
        estimate: predictedCost(setting, sizes),
      })
    },
    onNote: text => process.stderr.write(`${title}: ${text}\n`),
    ...(options.store && { store: join(options.store, `${title.replaceAll(' ', '-')}-${options.device}.jsonl`) }),
  })
  const { ranked, counts, seconds, end, ceiling, conditions } = result
  const [winner] = ranked
  const baseline = ranked.find(({ isBaseline }) => isBaseline)
  const candidates = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const found = {
    kernel: kernel.name,
    element: type.name,
    size: `${T}x${D}`,
    device: conditions.device,
    ...{ end, candidates, counts, seconds, perSecond: candidates / seconds },
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

async function main(): Promise<void> {
  if (options.store !== undefined) mkdirSync(options.store, { recursive: true })
  const elements = options.elements.split(',').flatMap(name => storageTypes.get(name) ?? [])
  const sizes = options.sizes.split(',').map(text => text.split('x').map(Number))
  const results: unknown[] = []
  for (const name of names.filter(each => each.includes(options.only)))
    for (const type of elements)
      for (const size of sizes) {
        if (performance.now() > 1000 * Number(options['total-seconds'])) continue
        const one = { kernel: name, element: type.name, size: size.join('x') }
        const failed = (error: unknown) => ({ ...one, problem: String(error) })
        results.push(await tuneOne(findKernel(name) as LibraryKernel, type, size).catch(failed))
      }
  process.stdout.write(
    `${JSON.stringify({ device: options.device, strategy: options.strategy, results }, undefined, 2)}\n`,
  )
}

if (isWorkerProcess()) runWorker({ loadPlugins: async () => undefined })
else await main()
