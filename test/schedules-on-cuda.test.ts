/**
 * Random schedules, sizes and inputs as CUDA, executed on the CPU, against the interpreter of the definition. `QERNEL_CASES` says how many.
 * A failure shrinks, and prints a line that replays it alone.
 */
import { LoweringError } from '@qernel/codegen'
import { ScheduleRefusal } from '@qernel/schedule'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from './cuda-host/host-cuda.ts'
import { compileTrial, parseTrial, printTrial, runTrial, type Trial, trials } from './random/trial.ts'

const cases = Number(process.env.QERNEL_CASES ?? 100)
const seed = Number(process.env.QERNEL_SEED ?? Math.floor(Math.random() * 2 ** 31))
const replayed = process.env.QERNEL_TRIAL
/** In characters: the compiler takes as long for one such program as for ten others. */
const longest = 15_000

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('random schedules of CUDA are not executed here: there is no g++', () => undefined)

test.runIf(replayed !== undefined).each(hosts)('the given trial', async ({ device }) => {
  expect(await runTrial(device, parseTrial(replayed as string))).toBe('right')
})

test.skipIf(replayed !== undefined).each(hosts)(
  `${cases} random schedules keep the meaning of kernels in CUDA, executed on the CPU`,
  async ({ device, compile }) => {
    const program = (trial: Trial) => {
      try {
        const compiled = compileTrial(device.target, trial)
        return compiled.source.length > longest ? [] : [compiled]
      } catch (error) {
        if (error instanceof ScheduleRefusal || error instanceof LoweringError) return []
        throw error
      }
    }
    // The same seed gives the same trials again: now they are compiled, many at once, and then they run.
    await compile(fc.sample(trials, { numRuns: cases, seed }).flatMap(program))
    let right = 0
    const property = fc.asyncProperty(trials, async trial => {
      const outcome = await runTrial(device, trial, longest)
      if (typeof outcome !== 'string') {
        const replay = `QERNEL_TRIAL='${printTrial(trial)}' npx vitest run test/schedules-on-cuda.test.ts`
        throw new Error(`${outcome.wrong}\n\n${replay}\n`)
      }
      if (outcome === 'right') right++
    })
    await fc.assert(property, { numRuns: cases, seed })
    // A generator most of whose cases are refused would test little.
    expect(right).toBeGreaterThan(cases / 2)
  },
  60_000 + 1000 * cases,
)
