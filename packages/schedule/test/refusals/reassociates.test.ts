import { expect, test } from 'vitest'
import { rowSum } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('reorder refuses to change the order of a sum', () => {
  const { refusal: data, message } = refusal(rowSum, 'split(loop=d,by=4) reorder(order=d_in.d)')
  expect(data.code).toBe('reassociates')
  expect(message).toMatchInlineSnapshot(`
    "step 2, reorder(order=d_in.d): this order adds the elements of a floating-point sum in another order [reassociates]
        serial t in T
          register total_sum: f32[]
          total_sum[] = 0
          serial d in D/4 (reduce)
          ^^^^^^^^^^^^^^^^^^^^^^^^
            serial d_in in 4 (reduce)
            ^^^^^^^^^^^^^^^^^^^^^^^^^
              total_sum[] += x[t, 4·d + d_in]   if 4·d + d_in < D
          total[t] = total_sum"
  `)
})

test('splitReduction refuses to split a sum', () => {
  const { refusal: data, message } = refusal(rowSum, 'splitReduction(d=8,combine=serial)')
  expect(data.code).toBe('reassociates')
  expect(message).toMatchInlineSnapshot(`
    "step 1, splitReduction(d=8,combine=serial): d sums floats in the order of the definition, and splitting would change that order; reassociate=true allows it [reassociates]
        serial t in T
          register total_sum: f32[]
          total_sum[] = 0
          serial d in D (reduce)
          ^^^^^^^^^^^^^^^^^^^^^^
            total_sum[] += x[t, d]
          total[t] = total_sum
    try splitReduction(d=8,combine=serial,reassociate=true)"
  `)
})
