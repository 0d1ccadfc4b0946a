/**
 * Random schedules, sizes and inputs as CUDA, executed on the CPU, against the interpreter of the definition. `QERNEL_CASES` says how many
 * programs. What fails shrinks.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { type CompiledKernel, LoweringError } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import { ScheduleRefusal } from '@qernel/schedule'
import type { Trial } from '@qernel/testing'
import {
  compileTrial,
  deviceMachine,
  evaluateTrial,
  randomTrials,
  trialFromJson,
  trialText,
} from '@qernel/testing/internal'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { conversions, wholeLanguage } from '../kernels/language.ts'
import { reductions } from '../kernels/reductions.ts'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'

const cases = Number(process.env.QERNEL_CASES ?? 60)
const seed = Number(process.env.QERNEL_SEED)
/** In characters: the compiler takes as long for one such program as for ten others. */
const longest = 15_000

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('random schedules of CUDA are not executed here: there is no g++', () => undefined)

const kernels = [...wholeLanguage, ...reductions, ...conversions.slice(seed % 20, 60)]
const trials = randomTrials({ kernels, randomKernels: 0.3, casesOfOneProgram: 3 })

/** The program of a trial in a list; none where it is refused. */
function program(device: Device, trial: Trial): CompiledKernel[] {
  try {
    const compiled = compileTrial(trial, device)
    return compiled.source.length > longest ? [] : [compiled]
  } catch (error) {
    if (error instanceof ScheduleRefusal || error instanceof LoweringError) return []
    throw error
  }
}

test.each(hosts)(
  `${cases} random schedules keep the meaning of kernels in CUDA, executed on the CPU; seed ${seed}`,
  async ({ device, compile }) => {
    // The same seed gives the same trials again: now they are compiled, many at once, and then they run.
    await compile(fc.sample(trials, { numRuns: cases, seed }).flatMap(trial => program(device, trial)))
    const machine = deviceMachine(device)
    let right = 0
    const property = fc.asyncProperty(trials, async trial => {
      if (program(device, trial).length === 0) return
      const outcome = await evaluateTrial(trial, machine)
      if (outcome.kind === 'wrong') throw new Error(`${outcome.what}\n${trialText(trial)}`)
      if (outcome.kind === 'right') right++
    })
    await fc.assert(property, { numRuns: cases, seed })
    // A generator with mostly refused cases would test little.
    expect(right).toBeGreaterThan(cases / 2)
  },
  60_000 + 1000 * cases,
)

test.each(hosts)('what random schedules once found is right in CUDA', async ({ device, compile }) => {
  const folder = new URL('../regressions/', import.meta.url)
  const found = readdirSync(folder).map(file => trialFromJson(readFileSync(new URL(file, folder), 'utf8')))
  await compile(found.flatMap(({ trial }) => program(device, trial)))
  const machine = deviceMachine(device)
  for (const { trial, found: what } of found) {
    const outcome = await evaluateTrial(trial, machine)
    expect(outcome, what).toMatchObject({ kind: expect.stringMatching(/^(right|refused)$/) })
  }
})
