/**
 * `npm run fuzz -- --cases N --seed S [--device ADAPTER]`: random kernels and those of the library, under random schedules.
 * Every failure is shrunk and written as JSON to a folder, `out/fuzz` unless told otherwise; what is kept moves to
 * `test/regressions`, which the normal tests replay.
 *
 * Exit codes: 0 no failure, 1 a failure, 2 wrong usage.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Kernel } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { type Device, NoDeviceError, openDevice } from '@qernel/runtime'
import { type CheckFailure, type CheckReport, fuzz } from '@qernel/testing'
import {
  deviceMachine,
  evaluateTrial,
  simulatedMachines,
  stepKinds,
  trialFromJson,
  trialText,
  trialToJson,
} from '@qernel/testing/internal'
import { lateSteps } from '../test/kernels/late-steps.ts'
import { onChipKernels } from '../test/kernels/on-chip-values.ts'
import { smallDecode } from '../test/kernels/small-decode.ts'
import { replayLine } from './replay-line.ts'

const usage = `npm run fuzz -- [--cases N] [--seed S] [--triples KIND,…] [--device ADAPTER] [--out DIR]
npm run fuzz -- --replay FILE.json [--device ADAPTER]

  --cases N         launches to try (default 10000)
  --seed S          the same seed tries the same cases (default: another one each time, told at the start)
  --triples KIND,…  schedules that end with three kinds of steps one after another: all triples that hold one of those named, in turn.
                    A kind is a transform or peel, which is predicate(…=peel): --triples pipeline,cache,peel,fuse
  --device ADAPTER  also run every case there: software, hardware or a part of an adapter's name; cuda: the first NVIDIA GPU;
                    cuda-host: its CUDA on the CPU, by g++
  --out DIR         where failures are written (default out/fuzz)
  --replay FILE     try a failure again
`

function refuse(message: string): never {
  process.stderr.write(`fuzz: ${message}\n\n${usage}`)
  process.exit(2)
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

function options() {
  try {
    return parseArgs({
      options: {
        cases: { type: 'string', default: '10000' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
        triples: { type: 'string' },
        device: { type: 'string' },
        out: { type: 'string', default: 'out/fuzz' },
        replay: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(name: string, text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : refuse(`--${name} ${text}: a whole number is expected`)
}

/** The kinds of steps that an option names. */
function kindsOf(text: string): string[] {
  const kinds = text.split(',')
  const unknown = kinds.find(kind => !stepKinds().includes(kind))
  return unknown === undefined
    ? kinds
    : refuse(`--triples ${text}: there is no kind of step ${unknown}; there are ${stepKinds().join(', ')}`)
}

const { cases: casesText, seed: seedText, triples, device: adapter, out, replay, help } = options()
if (help) {
  say(usage)
  process.exit(0)
}
const open = adapter === undefined ? undefined : () => openNamed(adapter)

async function openNamed(name: string): Promise<Device> {
  if (name === 'cuda') return openDevice({ kind: 'cuda' })
  if (name === 'cuda-host') return (await (await import('../test/cuda/host/host-cuda.ts')).openHostCuda()).device
  return openDevice({ adapter: name })
}

async function run(): Promise<number> {
  const [cases, seed] = [wholeNumber('cases', casesText), wholeNumber('seed', seedText)]
  const ends = triples === undefined ? {} : { triplesWith: kindsOf(triples), randomKernels: 0.25 }
  let stopped = false
  let failures = 0
  process.once('SIGINT', () => {
    stopped = true
    process.stderr.write('\nstopping after this program; once more ends at once\n')
  })
  const library: Kernel[] = [
    ...kernelLibrary.flatMap(({ element, define }) => element.types.map(type => define(type))),
    ...smallDecode,
  ]
  // Half of the triples run on small kernels made for them, which takes less time.
  const kernels =
    triples === undefined ? library : [...library, ...repeated([...lateSteps, ...onChipKernels], library.length)]
  const start = performance.now()
  say(`seed ${seed}, ${cases} cases`)
  let shown = start
  const report = await fuzz({
    kernels,
    cases,
    seed,
    ...ends,
    ...(open && { openDevice: open }),
    shouldStop: async () => {
      await setImmediate()
      return stopped
    },
    onProgress: now => {
      if (performance.now() - shown < 2000) return
      shown = performance.now()
      process.stderr.write(
        `${process.stderr.isTTY ? '\r\u001b[K' : ''}${line(now)}, ${failures} wrong${process.stderr.isTTY ? '' : '\n'}`,
      )
    },
    onFailure: failure => {
      failures++
      say(`\n${failure.what}\n${trialText(failure.trial)}\n  again     ${replayLine(save(failure), adapter)}`)
    },
  })
  const seconds = (performance.now() - start) / 1000
  say(`\n${line(report)}, ${failures} wrong; ${seconds.toFixed(0)} s${stopped ? ', stopped early' : ''}`)
  return failures === 0 ? 0 : 1
}

/** A list repeated up to a length. */
const repeated = <T>(list: readonly T[], length: number): T[] =>
  Array.from({ length }, (_, i) => list[i % list.length] as T)

const line = ({ cases, programs, simulated, ran, refused }: CheckReport): string =>
  [
    `${cases} cases of ${programs} programs`,
    `${simulated} simulated`,
    ...Object.entries(ran).map(([name, count]) => `${count} on ${name}`),
    `${refused} refused`,
  ].join(', ')

function save({ trial, what }: CheckFailure): string {
  const text = trialToJson(trial, what)
  const path = join(out, `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`)
  mkdirSync(out, { recursive: true })
  writeFileSync(path, text)
  return path
}

/** Tries one saved failure on every simulated target and on the device. */
async function again(path: string): Promise<number> {
  const { trial, found } = read(path)
  say(`${trialText(trial)}\n  found     ${found.split('\n')[0]}`)
  const device = await open?.()
  let exitCode = 0
  for (const machine of [...simulatedMachines, ...(device === undefined ? [] : [deviceMachine(device)])]) {
    const outcome = await evaluateTrial(trial, machine)
    if (outcome.kind === 'wrong') exitCode = 1
    say(`${machine.name}: ${outcome.kind === 'wrong' ? outcome.what : outcome.kind}`)
  }
  await device?.close()
  return exitCode
}

function read(path: string): ReturnType<typeof trialFromJson> {
  try {
    return trialFromJson(readFileSync(path, 'utf8'))
  } catch (error) {
    return refuse(`--replay ${path}: ${error instanceof Error ? error.message : error}`)
  }
}

process.exitCode = await (replay === undefined ? run() : again(replay)).catch((error: unknown) => {
  if (error instanceof NoDeviceError) return refuse(`--device ${adapter}: ${error.message}`)
  throw error
})
