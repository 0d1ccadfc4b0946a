/** Copies of packed codes: where sums use them as floats, the copy holds floats. */
import { dot, f16, f32, i4, interpretKernel, interpretNest, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { randomInputs } from '../random-inputs.ts'

const scores = kernel('scores', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const q = input('q', f16, [D])
  const k = input('k', i4, [T, D])
  output('s', f32, [T], t => dot(D, d => [q(d), k(t, d).toF32()]))
})

/** Sums of codes times themselves, as integers. */
const squares = kernel('squares', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const k = input('k', i4, [T, D])
  output('s', f32, [T], t => dot(D, d => [k(t, d).toF32(), k(t, d).mul(k(t, d)).toF32()]))
})

const fixed = new Map([['D', 8]])

test('codes that a sum uses as floats are converted once, by the copy', () => {
  const { nest } = applySchedule(scores, parseSteps('cache(buffer=k,memory=register,at=t)'), { fixed })
  expect(nestText(nest)).toMatchInlineSnapshot(`
    "serial t in T
      register s_dot: f32[]
      register k_reg: f32[8]
      serial d in D
        k_reg[d] = toF32(k[t, d])
      s_dot[] = 0
      serial d in D (reduce)
        s_dot[] = fma(q[d], k_reg[d], s_dot[])
      s[t] = s_dot"
  `)
  const sizes = new Map([...fixed, ['T', 5]])
  const inputs = randomInputs(scores, sizes, 1)
  expect(interpretNest(nest, inputs, sizes)).toEqual(interpretKernel(scores, inputs, sizes))
})

test('codes that are also used as integers stay codes', () => {
  const { nest } = applySchedule(squares, parseSteps('cache(buffer=k,memory=register,at=t)'), { fixed })
  expect(nestText(nest)).toContain('register k_reg: i32[8]')
})
