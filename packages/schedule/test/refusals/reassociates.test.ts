import { expect, test } from 'vitest'
import { rowSum } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('reorder: the order of a sum', () => {
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
