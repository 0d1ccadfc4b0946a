/** Deliberately wrong passes in otherwise unchanged back ends: `check` catches each one. */
import type { Pipeline } from '@qernel/codegen'
import { passesFor } from '@qernel/codegen/internal'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { describe, expect, test } from 'vitest'
import { CheckError, checkSchedule } from '../src/index.ts'
import { simulatedMachine } from '../src/internal.ts'
import { wrongCudaPasses } from './wrong-passes/cuda.ts'
import { wrongWgslPasses } from './wrong-passes/wgsl.ts'
import { type WrongPass, withWrongPass } from './wrong-passes/wrong-pass.ts'

/** The report of `check`; undefined if nothing is wrong. */
async function report(backEnd: Pipeline, { kernel, schedule, numerics }: WrongPass): Promise<string | undefined> {
  const { portableTarget } = backEnd
  const target = { ...portableTarget, numerics: { ...portableTarget.numerics, ...numerics } }
  try {
    await checkSchedule(kernel, schedule, {
      cases: 40,
      seed: 1,
      compose: false,
      simulated: [simulatedMachine(backEnd, target, 4)],
    })
    return undefined
  } catch (error) {
    if (error instanceof CheckError) return error.message
    throw error
  }
}

describe.each([
  { backEnd: cuda as Pipeline, wrongPasses: wrongCudaPasses },
  { backEnd: wgsl as Pipeline, wrongPasses: wrongWgslPasses },
])('$backEnd.name', ({ backEnd, wrongPasses }) => {
  test.each(wrongPasses)('check catches a wrong $pass: $what', async one => {
    expect(await report(withWrongPass(backEnd, one), one)).toMatch(one.says)
  })

  test('check accepts the unchanged back end on the same kernels', async () => {
    const subjects = new Map(wrongPasses.map(one => [`${one.kernel.name} ${one.schedule}`, one]))
    for (const one of subjects.values()) expect(await report(backEnd, one)).toBeUndefined()
  })

  test('every pass that the portable target needs has a wrong version here', () => {
    const known = new Set(wrongPasses.map(({ pass }) => pass))
    expect(passesFor(backEnd, backEnd.portableTarget).flatMap(({ name }) => (known.has(name) ? [] : [name]))).toEqual(
      [],
    )
  })
})
