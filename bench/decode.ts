/**
 * Times the decode kernels on a GPU under their best schedule, against the ceiling for reading, and verifies each at a length that the interpreter can compute. `qernel bench`
 * does both at one length, which takes minutes for attention over 131,072 tokens. Prints one JSON object, also into a file after each kernel, and a line per kernel on standard error.
 *
 *     npx tsx -C @qernel/source bench/decode.ts [--devices cuda,webgpu] [--only PART-OF-NAME,...] [--tokens 131072,32768] [--heads 32] [--queries 1] [--channels 128]
 *       [--verify-tokens 2100] [--steps STEPS] [--rounds 5] [--repeats 10] [--total-seconds 280] [--out FILE.json]
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { benchmark, type Subject } from '@qernel/bench'
import {
  bytesMoved,
  ceilingOf,
  ceilingResult,
  loadCompiled,
  Memory,
  median,
  prepare,
  runInterleaved,
  warmUp,
} from '@qernel/bench/internal'
import { decodeKernels, type LibraryKernel } from '@qernel/kernels'
import { type Device, openDevice } from '@qernel/runtime'
import { parseSteps, printSteps, type Schedule } from '@qernel/schedule'

const { values: options } = parseArgs({
  options: {
    devices: { type: 'string', default: 'cuda,webgpu' },
    adapter: { type: 'string' },
    only: { type: 'string', default: '' },
    tokens: { type: 'string', default: '131072,32768' },
    heads: { type: 'string', default: '32' },
    queries: { type: 'string', default: '1' },
    channels: { type: 'string', default: '128' },
    'verify-tokens': { type: 'string', default: '2100' },
    steps: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '10' },
    'total-seconds': { type: 'string', default: '280' },
    out: { type: 'string' },
  },
})
const numbers = (text: string): number[] => text.split(',').map(Number)
const settings = {
  ...{ rounds: Number(options.rounds), repeats: Number(options.repeats), warmup: 3 },
  // Larger than the L2 cache of any GPU.
  rotateBytes: 2 ** 29,
}

function subjectOf(library: LibraryKernel, T: number): Subject {
  const given = new Map([
    ['K', Number(options.heads)],
    ['R', Number(options.queries)],
    ['T', T],
    ['D', Number(options.channels)],
  ])
  const kernel = library.define()
  const sizes = new Map(kernel.sizes.map(({ name }) => [name, given.get(name) ?? 1]))
  const { steps } = options
  const own: Schedule | undefined =
    steps === undefined ? undefined : { name: 'steps', summary: '', steps: () => parseSteps(steps) }
  const best = library.schedules.find(({ name }) => name === 'best') as Schedule
  return { kernel, wide: library.element.tensor, sizes, open: 'T', schedules: [own ?? best] }
}

/** The time of one launch, and of the fastest copy kernel that reads as much, in turns. */
async function time(device: Device, subject: Subject) {
  const prepared = prepare(device, subject, subject.schedules[0] as Schedule)
  if (!('compiled' in prepared)) return { problem: prepared.problem }
  const loaded = await loadCompiled(device, prepared.compiled, subject.sizes, subject.open)
  const memory = await Memory.of(device, subject, loaded.plan, settings)
  const ceiling = await ceilingOf(device, subject, loaded.plan, settings)
  const { run, free } = memory.verifiedRunner(prepared.name, loaded, loaded.plan)
  try {
    const [candidate] = ceiling.candidates
    if (candidate !== undefined) await warmUp(candidate, settings.warmup)
    const turns = [...ceiling.candidates, { name: prepared.name, run }]
    const samples = await runInterleaved(turns, settings.rounds, settings.repeats)
    const { reads, writes } = bytesMoved(subject.kernel, subject.sizes)
    const ms = median(samples.at(-1) ?? [])
    const { tbps } = ceilingResult(ceiling, samples.slice(0, -1))
    const own = (reads + writes) / ms / 1e9
    return {
      us: round(1000 * ms),
      bytes: reads + writes,
      tbps: round(own),
      ceiling: round(tbps),
      share: round(own / tbps),
      steps: printSteps(prepared.steps),
    }
  } finally {
    free()
    ceiling.free()
    memory.free()
    device.unload(loaded.executable)
  }
}

/** Whether every element is right at a length that can be interpreted; otherwise what is wrong. */
async function verify(device: Device, library: LibraryKernel): Promise<string> {
  const subject = subjectOf(library, Number(options['verify-tokens']))
  const { schedules } = await benchmark(device, subject, {
    rounds: 1,
    repeats: 1,
    warmup: 0,
    rotateBytes: 0,
    digest: false,
  })
  return schedules[0]?.problem ?? 'right'
}

const round = (value: number): number => Number(value.toPrecision(4))

async function main(): Promise<void> {
  const results: object[] = []
  const devices: object[] = []
  const text = () => `${JSON.stringify({ devices, results }, undefined, 1)}\n`
  const kernels = decodeKernels.filter(({ name }) => options.only.split(',').some(part => name.includes(part)))
  const hasTime = (): boolean => performance.now() < 1000 * Number(options['total-seconds'])
  for (const kind of options.devices.split(',')) {
    const device = await openDevice({
      kind: kind === 'webgpu' ? 'webgpu' : 'cuda',
      ...(options.adapter === 'software' && { adapter: 'software' }),
    })
    devices.push({ kind, name: device.name, driver: device.driver })
    for (const library of kernels) {
      for (const tokens of numbers(options.tokens)) {
        if (!hasTime()) break
        const failed = (error: unknown) => ({ problem: String(error) })
        const timed = await time(device, subjectOf(library, tokens)).catch(failed)
        results.push({
          kind,
          kernel: library.name,
          K: Number(options.heads),
          R: Number(options.queries),
          D: Number(options.channels),
          T: tokens,
          ...timed,
        })
        process.stderr.write(`${kind} ${library.name} ${tokens}: ${JSON.stringify({ ...timed, steps: undefined })}\n`)
        if (options.out !== undefined) writeFileSync(options.out, text())
      }
    }
    for (const library of kernels) {
      if (!hasTime()) break
      const verified = await verify(device, library).catch(String)
      results.push({ kind, kernel: library.name, verifiedTokens: Number(options['verify-tokens']), verified })
      process.stderr.write(`${kind} ${library.name} at ${options['verify-tokens']} tokens: ${verified}\n`)
      if (options.out !== undefined) writeFileSync(options.out, text())
    }
    await device.close()
  }
  process.stdout.write(text())
}

await main()
