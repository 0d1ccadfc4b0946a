/**
 * What it costs that candidates run in a worker process: the same candidates through the same checks and turns, in this process and through `tune`, in turns, on the software device.
 *
 *     npx tsx -C @qernel/source bench/isolation.ts [--candidates 24] [--rounds 5] [--sizes 512x256]
 *
 * Prints seconds from the start of a search to its last result and seconds of processor time (Linux), with the share that isolation adds. The start of the worker counts.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { stdout } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Subject } from '@qernel/bench'
import { quantile, setUpArrays } from '@qernel/bench/internal'
import type { Target } from '@qernel/codegen'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { type Device, openDevice } from '@qernel/runtime'
import {
  type Candidate,
  findStrategy,
  legality,
  predictedCost,
  type Result,
  type Space,
  type Strategy,
  scheduleSpace,
  tune,
} from '@qernel/tune'
import { Evaluator, measureCeiling } from '@qernel/tune/internal'

const { values: options } = parseArgs({
  options: {
    candidates: { type: 'string', default: '24' },
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '512x256' },
  },
})
const [T = 0, D = 0] = options.sizes.split('x').map(Number)
const count = Number(options.candidates)
const sizes = new Map([
  ['T', T],
  ['D', D],
])
const kernel = int8PerChannelQuantize()
const templates = ['tile(t={1..32},d={32..256}) vectorize(d={4,8})? coarsen(t={2,4})?']
const adapter = 'swiftshader'
/** Those of a worker on a software device. */
const settings = { rounds: 2, repeats: 1, warmup: 0, rotateBytes: 0 }
const strategy = findStrategy('random') as Strategy

const spaceOn = (target: Target): Space => {
  const setting = { kernel, target, fixed: new Map([['D', D]]) }
  return scheduleSpace({ templates, isLegal: legality(setting), estimate: predictedCost(setting, sizes) })
}

/** As a search without a worker would do it: it draws candidates, and evaluates them. */
async function inProcess(): Promise<readonly string[]> {
  const device = await openDevice({ adapter })
  try {
    const search = strategy.start(spaceOn(device.target), { seed: 1, budget: count })
    const ids: string[] = []
    for (let next: Candidate | undefined; ids.length < count; ids.push(next.id)) {
      next = await search.next()
      if (next === undefined) break
    }
    return await evaluatedHere(device, ids)
  } finally {
    await device.close()
  }
}

/** What the worker does, without a worker: those that are right. */
async function evaluatedHere(device: Device, ids: readonly string[]): Promise<string[]> {
  const subject: Subject = { kernel, wide: 'x', sizes, open: 'T', schedules: [] }
  const arrays = await setUpArrays(device, subject, { ...settings, digest: false })
  try {
    await measureCeiling(device, subject, arrays, settings)
    const results = new Map<string, Result>()
    await new Promise<void>((resolve, reject) => {
      const evaluator = new Evaluator(device, subject, arrays, settings, {
        ...{ begin: () => undefined, end: () => undefined, lost: reject },
        finished: (id, result) => {
          results.set(id, result)
          if (results.size === ids.length) resolve()
        },
      })
      evaluator.add(ids.map(id => ({ id, effort: 1 })))
    })
    return ids.filter(id => results.get(id)?.class === 'correct')
  } finally {
    arrays.free()
  }
}

async function isolated(): Promise<readonly string[]> {
  const { ranked } = await tune(kernel, {
    ...{ device: { kind: 'webgpu', adapter }, sizes: Object.fromEntries(sizes), strategy, space: spaceOn },
    ...{ budget: { candidates: count }, finalists: { count: 0 } },
    worker: fileURLToPath(new URL('../packages/tune/dist/worker/main.js', import.meta.url)),
  })
  return ranked.map(({ candidate }) => candidate.id)
}

/** Processor time of this process and of those that it started and that have ended, seconds: it does not depend on what else runs on the machine. */
function processorSeconds(): number {
  const text = readFileSync('/proc/self/stat', 'latin1')
  // Fields 14 to 17 of proc(5), ticks of 10 ms.
  const times = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
  return times.reduce((sum, ticks) => sum + Number(ticks), 0) / 100
}

const ways = { 'in this process': inProcess, isolated }
type Way = keyof typeof ways
const seconds: Record<Way, number[]> = { 'in this process': [], isolated: [] }
const processor: Record<Way, number[]> = { 'in this process': [], isolated: [] }
for (let round = 0; round <= Number(options.rounds); round++) {
  const found: string[] = []
  for (const way of Object.keys(ways) as Way[]) {
    const [start, busy] = [performance.now(), processorSeconds()]
    found.push([...(await ways[way]())].sort().join('\n'))
    const taken = (performance.now() - start) / 1000
    // The worker closes its device.
    await setTimeout(3000)
    // The first round loads modules.
    if (round === 0) continue
    seconds[way].push(taken)
    processor[way].push(processorSeconds() - busy)
  }
  if (found[0] !== found[1]) throw new Error('the two ways did not find the same candidates right')
}
for (const [what, measured] of [
  ['seconds', seconds],
  ['seconds of processor time', processor],
] as const) {
  const median = (way: Way) => quantile(measured[way], 0.5)
  for (const way of Object.keys(ways) as Way[])
    stdout.write(
      `${way}: ${median(way).toFixed(2)} ${what} (${measured[way].map(each => each.toFixed(2)).join(', ')})\n`,
    )
  const share = 100 * (median('isolated') / median('in this process') - 1)
  stdout.write(`isolation adds ${share.toFixed(1)}% to ${count} candidates\n`)
}
