/**
 * Counts the legal candidates that are drawn at random in a second of processor time from the spaces that `qernel tune` searches, without a GPU, and how long the process is kept busy without a pause. Every
 * candidate is compiled afterwards, outside of the time: a draw that does not compile is an error.
 *
 *     npx tsx -C @qernel/source bench/draw-candidates.ts [--seconds 6] [--seed 1] [--element f16] [--sizes 131072x1024] [KERNEL…]
 */
import process, { stdout } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { type Kernel, storageTypes } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { namedSchedules, type Schedule, type Step } from '@qernel/schedule'
import { spaceAround } from '@qernel/tune'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    element: { type: 'string', default: 'f16' },
    sizes: { type: 'string', default: '131072x1024' },
  },
})
const usual = ['int8_per_channel_quantize', 'int8_per_channel_dequantize', 'int8_per_channel_scale', 'int8_per_token']
const [T = 0, D = 0] = options.sizes.split('x').map(Number)
const backEnds = { cuda, wgsl }

/** The schedules that apply, by name. */
function known(library: LibraryKernel, kernel: Kernel, target: Target) {
  const request = { kernel, target, fixed: new Map([['D', D]]), multiples: new Map([['T', Math.min(4096, T & -T)]]) }
  return [...library.schedules, ...namedSchedules].flatMap((schedule: Schedule) => {
    try {
      return [{ name: schedule.name, steps: [...schedule.steps(request)] as readonly Step[] }]
    } catch {
      return []
    }
  })
}

async function measure(name: string, language: 'cuda' | 'wgsl') {
  const library = findKernel(name)
  const element = storageTypes.get(options.element)
  if (library === undefined || element === undefined)
    throw new Error(`there is no kernel ${name} of ${options.element}`)
  const kernel = library.define(element)
  const { compile, portableTarget: target } = backEnds[language]
  const fixed = new Map([['D', D]])
  const sizes = new Map([...fixed, ['T', T] as const])
  const space = spaceAround({ kernel, target, fixed }, sizes, known(library, kernel, target))
  const random = randomNumbers(Number(options.seed))
  const drawn = new Map<string, readonly Step[]>()
  const start = process.cpuUsage()
  const elapsed = () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1e6
  }
  let [draws, longest, last, isOver] = [0, 0, 0, false]
  // Processor time between two turns of the event loop: other processes may keep this one waiting for as long as they like.
  const watch = (async () => {
    while (!isOver) {
      last = elapsed()
      await setImmediate()
      longest = Math.max(longest, elapsed() - last)
    }
  })()
  while (elapsed() < Number(options.seconds)) {
    const { id, steps } = await space.sample(random)
    draws++
    drawn.set(id, steps)
    await setImmediate()
  }
  const seconds = elapsed()
  isOver = true
  await watch
  const fixing = { target, fixed }
  for (const steps of drawn.values()) compile(kernel, steps, fixing)
  const cells = [name, language, String(space.size), String(draws), String(drawn.size)]
  return [...cells, (drawn.size / seconds).toFixed(1), (1000 * longest).toFixed(0)]
}

const rows = [['kernel', 'target', 'combinations', 'draws', 'different', 'per second', 'longest without a pause, ms']]
for (const language of ['cuda', 'wgsl'] as const)
  for (const name of positionals.length > 0 ? positionals : usual) rows.push(await measure(name, language))
const widths = (rows[0] as string[]).map((_, i) => Math.max(...rows.map(row => (row[i] as string).length)))
for (const row of rows)
  stdout.write(
    `${row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()}\n`,
  )
