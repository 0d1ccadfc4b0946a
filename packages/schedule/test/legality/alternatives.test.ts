/** For random steps on random nests, the alternatives that a refusal offers are legal, and the loops that it points at exist. */
import type { Kernel } from '@qernel/dsl'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Argument,
  applyStep,
  findTransform,
  isRefusal,
  loopsOf,
  parseSteps,
  printStep,
  printSteps,
  type Refusal,
  type Step,
} from '../../src/index.ts'
import { defaultNest } from '../../src/internal.ts'
import { kernels } from '../kernels.ts'
import { draws, stepOf } from '../random-steps.ts'

/** Every step that an alternative could mean: the step with one value replaced, or with one axis renamed. */
function readings(step: Step, alternative: string): Step[] {
  const value: Argument = /^\d+$/.test(alternative) ? Number(alternative) : alternative
  const { transform, ...args } = step
  const names = Object.keys(args)
  return [
    ...names.map(name => ({ ...step, [name]: value })),
    ...names.map(name => ({
      transform,
      ...Object.fromEntries(Object.entries(args).map(([key, v]) => [key === name ? alternative : key, v])),
    })),
  ]
}

/** Codes whose alternatives are spellings of the arguments: they are looked up, not applied. */
const spelling = new Set(['unknown-transform', 'bad-argument'])

function isLegal(
  nest: Parameters<typeof applyStep>[0],
  step: Step,
  { code, message }: Refusal,
  alternative: string,
): boolean {
  if (/^\w+=\w+$/.test(alternative))
    return !isRefusal(applyStep(nest, { ...step, ...parseSteps(`${step.transform}(${alternative})`)[0] }))
  if (alternative.includes('('))
    return (
      parseSteps(alternative).reduce<ReturnType<typeof applyStep>>(
        (at, next) => (isRefusal(at) ? at : applyStep(at, { ...next, stage: next.stage ?? step.stage } as Step)),
        nest,
      ) !== undefined
    )
  const isNumber = /^\d+$/.test(alternative)
  return readings(step, alternative).some(other => {
    const result = applyStep(nest, other)
    if (!isRefusal(result)) return true
    // A second mistake in the same step may remain, but not the reported one.
    return isNumber || !code.startsWith('no')
      ? result.code !== code && result.code !== 'bad-argument'
      : result.message !== message
  })
}

test('offered alternatives apply, and every caret points at an existing loop', () => {
  let offered = 0
  const property = fc.property(
    fc.nat(kernels.length - 1),
    draws,
    fc.constantFrom(undefined, 0, 6, 16),
    (index, list, fixedTo) => {
      const kernel = kernels[index] as Kernel
      const fixed = fixedTo === undefined ? [] : kernel.sizes.map(({ name }) => [name, fixedTo] as const)
      let nest = defaultNest(kernel, new Map(fixed))
      const steps: Step[] = []
      for (const draw of list) {
        const step = stepOf(nest, draw)
        const result = applyStep(nest, step)
        if (!isRefusal(result)) {
          steps.push(step)
          nest = result
          continue
        }
        const about = `${kernel.name} ${printSteps(steps)} | ${printStep(step)}: ${result.message} [${result.code}]`
        const there = new Set(loopsOf(nest.body).map(({ loop }) => loop.id))
        for (const loop of result.loops) expect(there.has(loop), about).toBe(true)
        if (spelling.has(result.code)) continue
        for (const alternative of result.alternatives) {
          offered++
          expect(isLegal(nest, step, result, alternative), `${about} offers ${alternative}`).toBe(true)
        }
      }
    },
  )
  fc.assert(property, { numRuns: 1000 })
  expect(offered).toBeGreaterThan(300)
}, 60_000)

test('a misspelt name is answered with existing names, the nearest first', () => {
  const refused = applyStep(defaultNest(kernels[0] as (typeof kernels)[0]), { transform: 'vectorise', d: 4 })
  expect(isRefusal(refused) && refused.alternatives[0]).toBe('vectorize')
  for (const name of isRefusal(refused) ? refused.alternatives : []) expect(findTransform(name)).toBeDefined()
})
