import { interpretKernel, interpretNest, type Kernel, type Nest, type Tensor } from '@qernel/dsl'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyStep,
  isRefusal,
  leavesOf,
  loopsOf,
  mapLeaves,
  nestText,
  printSteps,
  type Step,
  validateNest,
} from '../src/index.ts'
import { defaultNest, neededGuards } from '../src/internal.ts'
import { kernels } from './kernels.ts'
import { randomInputs } from './random-inputs.ts'
import { type Draw, draws, stepOf } from './random-steps.ts'
import { foreignReads } from './thread-ownership.ts'

const cases = Number(process.env.QERNEL_CASES ?? 1000)

/** The nest with only the guards that `neededGuards` keeps, which are those that a back end prints. */
function withNeededGuards(nest: Nest): Nest {
  const around = new Map(leavesOf(nest.body).map(({ leaf, around }) => [leaf, around]))
  const body = mapLeaves(nest.body, leaf => ({ ...leaf, where: neededGuards(nest, leaf, around.get(leaf) ?? []) }))
  return { ...nest, body }
}

/** The outputs with −0 distinguished from +0; all NaNs are equal. Temporaries are left out: fuse may keep them in registers. */
const bits = (kernel: Kernel, tensors: ReadonlyMap<string, Tensor>) =>
  [...tensors]
    .filter(([name]) => kernel.tensors.some(tensor => tensor.name === name && tensor.role === 'output'))
    .map(([name, { shape, data }]) => [name, shape, [...data].map(x => (Object.is(x, -0) ? '-0' : x))])

/** Copies of copies and deeply nested lanes, most of them empty, only cost time. */
function isTooLarge({ body }: Nest): boolean {
  const loops = loopsOf(body)
  const iterations = loops.map(({ loop, around }) =>
    [...around, loop].reduce((n, l) => n * (typeof l.extent === 'number' ? l.extent : 1), 1),
  )
  return loops.length > 80 || leavesOf(body).length > 200 || Math.max(...iterations) > 10_000
}

/** Applies the legal steps, and validates the nest after each. */
function compose(start: Nest, list: readonly Draw[]): { nest: Nest; steps: Step[]; refused: number } {
  let nest = start
  const steps: Step[] = []
  for (const draw of list) {
    const step = stepOf(nest, draw)
    let next: ReturnType<typeof applyStep>
    try {
      next = applyStep(nest, step)
      if (!isRefusal(next)) validateNest(next, 'after the step')
    } catch (error) {
      throw new Error(`${nest.kernel.name}: ${printSteps([...steps, step])} ends in ${error}`)
    }
    if (isRefusal(next) || isTooLarge(next)) continue
    nest = next
    steps.push(step)
  }
  return { nest, steps, refused: list.length - steps.length }
}

const sizeValues = fc.oneof(fc.nat(9), fc.constantFrom(0, 1, 8, 16, 13, 32, 17))

test.each(kernels.map(kernel => [kernel.name, kernel] as const))(
  'random schedules of %s keep the results',
  (_, kernel) => {
    let applied = 0
    let refused = 0
    const property = fc.property(
      draws,
      fc.array(sizeValues, { minLength: 3, maxLength: 3 }),
      fc.nat(2),
      fc.nat(1e6),
      (list, values, fixedSizes, seed) => {
        const sizes = new Map(kernel.sizes.map(({ name }, i) => [name, values[i] as number]))
        const fixed = new Map([...sizes].slice(0, fixedSizes === 2 ? 1 : 0))
        const { nest, steps, refused: no } = compose(defaultNest(kernel, fixed), list)
        applied += steps.length
        refused += no
        const rounded = new Map(sizes)
        for (const { size, multipleOf } of nest.assumptions)
          if (!fixed.has(size)) rounded.set(size, Math.ceil((rounded.get(size) as number) / multipleOf) * multipleOf)
        if (nest.assumptions.some(({ size, multipleOf }) => (rounded.get(size) as number) % multipleOf !== 0)) return
        const inputs = randomInputs(kernel, rounded, seed)
        const expected = bits(kernel, interpretKernel(kernel, inputs, rounded))
        const about = `${printSteps(steps)} at ${[...rounded].join(' ')}\n${nestText(nest)}`
        expect(foreignReads(nest, rounded), about).toEqual([])
        for (const [how, candidate, order] of [
          ['forward', nest, 'forward'],
          ['parallel loops reversed', nest, 'reverse'],
          ['needed guards only', withNeededGuards(nest), 'forward'],
        ] as const)
          expect(bits(kernel, interpretNest(candidate, inputs, rounded, { order })), `${how}: ${about}`).toEqual(
            expected,
          )
      },
    )
    fc.assert(property, { numRuns: Math.ceil(cases / kernels.length) + 40 })
    // A generator whose steps are all refused would test nothing.
    expect(applied / (applied + refused)).toBeGreaterThan(0.1)
  },
  // A thousand cases take 5 s on a slow core.
  20 * cases + 10_000,
)
