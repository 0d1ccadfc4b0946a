/** Reductions over values that are themselves reductions: either may be split while the other stays as it is. */
import { abs, f32, i8, interpretKernel, interpretNest, type Kernel, kernel, max, sum } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { randomInputs } from '../random-inputs.ts'

/** A dot product with a scale per group, over small integers, so that the order of the sums does not matter. */
const factored = kernel('factored', ({ size, input, output }) => {
  const [T, G] = [size('T'), size('G')]
  const q = input('q', i8, [G, 8])
  const c = input('c', i8, [T, G, 8])
  output('y', f32, { t: T }, t =>
    sum({ g: G }, g =>
      c(t, g, 0)
        .toF32()
        .mul(
          sum({ e: 8 }, e =>
            q(g, e)
              .toF32()
              .mul(c(t, g, e).toF32()),
          ),
        ),
    ),
  )
})

/** The largest quotient over groups, the last of which may be shorter. */
const quotients = kernel('quotients', ({ size, input, output }) => {
  const [T, G] = [size('T'), size('G')]
  const groups = G.groups(8)
  const x = input('x', f32, [T, G])
  output('y', f32, { t: T }, t =>
    max({ g: groups.count }, g =>
      sum({ e: groups.at(g) }, e => x(t, e)).div(max({ e: groups.at(g) }, e => abs(x(t, e)))),
    ),
  )
})

function agrees(one: Kernel, steps: string): void {
  const { nest } = applySchedule(one, parseSteps(steps))
  for (const G of [0, 1, 7, 33]) {
    const sizes = new Map([
      ['T', 3],
      ['G', G],
    ])
    const inputs = randomInputs(one, sizes, G)
    for (const { type, data } of inputs.values())
      if (type === i8) for (const i of data.keys()) data[i] = (data[i] as number) % 3
    const found = interpretNest(nest, inputs, sizes).get('y')
    expect(found, `G = ${G}`).toEqual(interpretKernel(one, inputs, sizes).get('y'))
  }
}

describe('the outer reduction', () => {
  test.each<[string, Kernel, string]>([
    [
      'keeps the results over lanes',
      factored,
      'splitReduction(g=4,combine=shared,reassociate=true) bind(t=grid.x,g_in=block.x)',
    ],
    ['keeps the results in parts of a thread', factored, 'splitReduction(g=4,combine=serial,reassociate=true)'],
    ['keeps the results in a second pass', factored, 'splitReduction(g=4,combine=secondPass,reassociate=true)'],
    [
      'keeps the results over lanes with a short group',
      quotients,
      'splitReduction(g=4,combine=shared) bind(t=grid.x,g_in=block.x)',
    ],
    ['keeps the results in a second pass with a short group', quotients, 'splitReduction(g=2,combine=secondPass)'],
    ['keeps the results with atomics and a short group', quotients, 'splitReduction(g=2,combine=atomic)'],
  ])('%s', (_, one, steps) => {
    agrees(one, steps)
  })

  test('needs permission to be split if it is a sum, but not if it is a maximum of sums', () => {
    expect(() => applySchedule(quotients, parseSteps('splitReduction(g=4,combine=shared)'))).not.toThrow()
    expect(() => applySchedule(factored, parseSteps('splitReduction(g=4,combine=shared)'))).toThrow(
      'g sums floats in the order of the definition',
    )
  })
})

test('both reductions can be split', () => {
  agrees(
    factored,
    'splitReduction(g=4,combine=shared,reassociate=true) splitReduction(e=2,combine=shared,reassociate=true) bind(t=grid.x,g_in=block.x,e_in=block.y)',
  )
})

test('the inner reduction becomes part of each part of the outer one', () => {
  const { nest } = applySchedule(factored, parseSteps('splitReduction(g=4,combine=shared,reassociate=true)'))
  expect(nestText(nest)).toMatchInlineSnapshot(`
    "serial t in T
      register y_sum: f32[]
      register y_sum_part: f32[4]
      y_sum[] = 0
      serial g_in in 4
        y_sum_part[g_in] = 0
        serial g in G/4 (reduce)
          register y_sum_2: f32[]
          y_sum_2[] = 0
          serial e in 8 (reduce)
            y_sum_2[] += (toF32(q[4·g + g_in, e]) · toF32(c[t, 4·g + g_in, e]))   if 4·g + g_in < G
          y_sum_part[g_in] += (toF32(c[t, 4·g + g_in, 0]) · y_sum_2)   if 4·g + g_in < G
      serial g_in in 4 (combine, shared)
        y_sum[] += y_sum_part[g_in]
      y[t] = y_sum"
  `)
})
