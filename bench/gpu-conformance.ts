/**
 * Checks generated CUDA, or WGSL through WebGPU, on a GPU against the interpreter, bit for bit: every kernel of the
 * library under the naive schedule and its own, in every element type, on every class of values at two sizes; random
 * schedules; with CUDA, an array of more than 4 GiB. Prints one JSON object.
 *
 *     npx tsx -C @qernel/source bench/gpu-conformance.ts [--device cuda|webgpu] [--elements f32,f16,bf16] [--seeds 1] [--random 500]
 *       [--only PART-OF-NAME] [--large] [--fault]
 */
import { parseArgs } from 'node:util'
import { LoweringError } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { f32, interpretKernel, storageTypes } from '@qernel/dsl'
import { float16Value } from '@qernel/dsl/internal'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { parseSteps, ScheduleRefusal } from '@qernel/schedule'
import { randomInputs, valueClasses } from '@qernel/testing'
import { compileTrial, deviceMachine, evaluateTrial, randomTrials, trialText } from '@qernel/testing/internal'
import fc from 'fast-check'
import { conversions, wholeLanguage } from '../test/kernels/language.ts'
import { differences, libraryCases, oddSizes } from '../test/kernels/library-cases.ts'
import { reductions } from '../test/kernels/reductions.ts'

const { values: options } = parseArgs({
  options: {
    device: { type: 'string', default: 'cuda' },
    elements: { type: 'string', default: 'f32,f16,bf16' },
    seeds: { type: 'string', default: '1' },
    random: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
    large: { type: 'boolean', default: false },
    fault: { type: 'boolean', default: false },
  },
})
const seconds = (since: number): number => Math.round((performance.now() - since) / 100) / 10

const began = performance.now()
const kind = options.device === 'webgpu' ? 'webgpu' : 'cuda'
if (kind === 'webgpu' && (options.large || options.fault)) throw new Error('--large and --fault are of CUDA alone')
const device = await openDevice({ kind })
const report: Record<string, unknown> = {
  device: device.name,
  driver: device.driver,
  profile: device.profile,
  openSeconds: seconds(began),
  library: await library(device),
  randomSchedules: await randomSchedules(device, Number(options.random)),
  ...(options.large ? { large: await largeArray(device) } : {}),
  ...(options.fault ? { fault: await fault(device) } : {}),
}
await device.close()
process.stdout.write(`${JSON.stringify({ ...report, seconds: seconds(began) }, undefined, 2)}\n`)

async function library(device: Device) {
  const since = performance.now()
  const elements = options.elements.split(',').flatMap(name => storageTypes.get(name) ?? [])
  const cases = libraryCases(device, ({ name }) => name.includes(options.only), { elements })
  const wrong: string[] = []
  const loads = cases.map(({ title, compiled }) =>
    device.load(compiled).then(
      () => true,
      (error: unknown) => void wrong.push(`${title}: ${error instanceof Error ? error.message : error}`),
    ),
  )
  const loaded = await Promise.all(loads)
  const compileSeconds = seconds(since)
  let launches = 0
  for (const one of cases.filter((_, position) => loaded[position])) {
    for (const [position, values] of valueClasses.entries()) {
      for (let seed = 0; seed < Number(options.seeds); seed++) {
        for (const scale of position === 0 && seed === 0 ? [1, 7] : [1]) {
          const sizes = oddSizes(one.kernel, one.compiled, scale)
          const found = await differences(device, one, sizes, values, 100 * seed + position)
          launches++
          if (found.length > 0) wrong.push(`${one.title}, ${values}: ${found.length} differ, ${found[0]}`)
        }
      }
    }
  }
  return { kernels: cases.length, launches, compileSeconds, seconds: seconds(since), wrong }
}

async function randomSchedules(device: Device, count: number) {
  const since = performance.now()
  const seed = 20261122
  const kernels = [...wholeLanguage, ...reductions, ...conversions]
  const sample = fc.sample(randomTrials({ kernels, randomKernels: 0.3 }), { numRuns: count, seed })
  const loading = sample.map(async trial => {
    try {
      // Programs that do not compile are reported when they are tried.
      await device.load(compileTrial(trial, device)).catch(() => undefined)
    } catch (error) {
      if (!(error instanceof ScheduleRefusal || error instanceof LoweringError)) throw error
    }
  })
  await Promise.all(loading)
  const counts = { right: 0, refused: 0, skipped: 0 }
  const machine = deviceMachine(device)
  const wrong: string[] = []
  for (const trial of sample) {
    const outcome = await evaluateTrial(trial, machine)
    if (outcome.kind === 'wrong') wrong.push(`${outcome.what}\n${trialText(trial)}`)
    else counts[outcome.kind]++
  }
  return { count, seed, ...counts, seconds: seconds(since), wrong }
}

/** Runs a kernel that reads invalid memory; returns what the device reports, and whether it can be opened again. */
async function fault(device: Device) {
  const kernel = int8PerChannelQuantize()
  const compiled = cuda.compile(kernel, parseSteps('tile(t=8,d=32)'), { target: device.target })
  const source = compiled.source.replace(/(__global__[^}]*?)\bx\[/, '$1x[(size_t(1) << 40) + ')
  const inputs = randomInputs(kernel, new Map(Object.entries({ T: 8, D: 32 })), 'uniform', 1)
  const message = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  const run = async () =>
    runKernel(device, await device.load({ ...compiled, source }), { inputs, sizes: { T: 8, D: 32 } }, { timed: true })
  return {
    launch: await run().then(() => 'no error', message),
    next: await device.allocate(4).then(() => 'no error', message),
    again: await openDevice({ kind }).then(() => 'no error', message),
  }
}

/** 140,000 × 8192 f32, 4.6 GB, made of one repeated block of rows. Its codes repeat as well, so only the first block is interpreted. */
async function largeArray(device: Device) {
  const since = performance.now()
  const [T, D, rows] = [140_000, 8192, 1000]
  const kernel = int8PerChannelQuantize()
  const executable = await device.load(
    cuda.compile(kernel, parseSteps('tile(t=8,d=128) vectorize(d=4)'), { target: device.target }),
  )
  const x = Float32Array.from({ length: rows * D }, (_, i) => float16Value((i * 40503) & 0x7bff) % 4)
  const scale = Float32Array.from({ length: D }, (_, d) => (1 + (d % 7)) / 512)
  const plan = device.plan(executable, { T, D })
  const buffers = new Map<string, Awaited<ReturnType<Device['allocate']>>>()
  for (const { parameter, byteLength } of plan.arrays) buffers.set(parameter.name, await device.allocate(byteLength))
  const at = (name: string) => buffers.get(name) as NonNullable<ReturnType<typeof buffers.get>>
  const block = new Uint8Array(x.buffer)
  for (let row = 0; row < T; row += rows) await device.upload(at('x'), block, row * D * 4)
  await device.upload(at('scale'), new Uint8Array(scale.buffer))
  await device.fill(at('q'), 0x7f7f7f7f)
  const time = await device.launch(executable, plan, buffers, { timed: true, warmup: 300, repeats: 30 })
  const inputs = new Map([
    ['x', { type: f32, shape: [rows, D], data: x }],
    ['scale', { type: f32, shape: [D], data: scale }],
  ])
  const codes = interpretKernel(kernel, inputs).get('q')?.data as Int8Array
  const expected = new Uint8Array(codes.buffer)
  let wrongBlocks = 0
  for (let row = 0; row < T; row += rows) {
    const found = await device.download(at('q'), row * D, rows * D)
    if (Buffer.compare(found, expected) !== 0) wrongBlocks++
  }
  const bytes = T * D * 5 + D * 4
  return {
    shape: [T, D],
    inputBytes: T * D * 4,
    wrongBlocks,
    blocks: T / rows,
    medianMs: time?.medianMs,
    gigabytesPerSecond: time === undefined ? undefined : Math.round(bytes / time.medianMs / 1e6),
    seconds: seconds(since),
  }
}
