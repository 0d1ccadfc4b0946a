import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('bind refuses a workgroup of unknown size', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(d=block.x)')
  expect(data.code).toBe('not-constant')
  expect(message).toMatchInlineSnapshot(`
    "step 1, bind(d=block.x): the number of threads in a workgroup is fixed at compile time, but d has D/1 iterations [not-constant]
        serial t in T
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try split(loop=d,by=256)"
  `)
})

test('unroll refuses a loop of unknown length', () => {
  const { refusal: data, message } = refusal(quantize, 'unroll(loop=d)')
  expect(data.code).toBe('not-constant')
  expect(message).toMatchInlineSnapshot(`
    "step 1, unroll(loop=d): d has a number of iterations that is known only at launch; split it first [not-constant]
        serial t in T
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try split(loop=d,by=4,inner=k) unroll(loop=k)"
  `)
})

test('cache refuses a copy of unknown length', () => {
  const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=register,at=t)')
  expect(data.code).toBe('not-constant')
  expect(message).toMatchInlineSnapshot(`
    "step 1, cache(buffer=x,memory=register,at=t): the copy of x would have as many elements as d has iterations, which is known only at launch [not-constant]
        serial t in T
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try at=d"
  `)
})

test('coarsen refuses to stride over a grid of unknown size', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x) coarsen(t=2,order=strided)')
  expect(data.code).toBe('not-constant')
  expect(message).toMatchInlineSnapshot(`
    "step 2, coarsen(t=2,order=strided): t is a grid loop: its stride, the size of the grid, is not known at compile time [not-constant]
        grid.x t in T
        ^^^^^^^^^^^^^
          serial d in D
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try coarsen(t=2,order=blocked)"
  `)
})
