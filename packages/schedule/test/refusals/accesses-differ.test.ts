import { f32, kernel, select } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { codebook, shift } from '../kernels.ts'
import { refusal } from './refusal.ts'

/** Reads an element and the one below it. */
const neighbours = kernel('neighbours', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t).add(x(t.mul(2))))
})

test('cache refuses a tensor that is gathered', () => {
  const { refusal: data, message } = refusal(codebook, 'tile(t=16,d=16) cache(buffer=book,memory=shared,stage=value)')
  expect(data.code).toBe('accesses-differ')
  expect(message).toMatchInlineSnapshot(`
    "step 2, cache(buffer=book,memory=shared,stage=value): book is read at an index that depends on the data [accesses-differ]
        grid.y t in T/16
          grid.x d in D/16
          ^^^^^^^^^^^^^^^^
            block.y t_in in 16
              block.x d_in in 16
                value[16·t + t_in, 16·d + d_in] = book[code[16·t + t_in, 16·d + d_in]]   if 16·t + t_in < T and 16·d + d_in < D
        grid.y t in T/16
          grid.x d in D/16
            block.y t_in in 16
              block.x d_in in 16
                y[16·t + t_in, 16·d + d_in] = ((value[16·t + t_in, 16·d + d_in] · toF32(16·d + d_in)) + toF32(T))   if 16·t + t_in < T and 16·d + d_in < D"
  `)
})

test('cache refuses a tensor that is read before its first element', () => {
  const { refusal: data, message } = refusal(shift, 'split(loop=t,by=4) cache(buffer=x,memory=register,at=d)')
  expect(data.code).toBe('accesses-differ')
  expect(message).toMatchInlineSnapshot(`
    "step 2, cache(buffer=x,memory=register,at=d): x is read before its first element in some iterations [accesses-differ]
        serial t in T/4
          serial t_in in 4
            serial d in D
            ^^^^^^^^^^^^^
              y[4·t + t_in, d] = select((4·t + t_in > 0), x[4·t + t_in + -1, d], 0)   if 4·t + t_in < T"
  `)
})

test('cache refuses a tensor that is read past its last element, where the copy would hold nothing', () => {
  const next = kernel('next', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    output('y', f32, [T], t => select(t.value().add(1).lt(T.value()), x(t.add(1)), 0))
  })
  const { refusal: data, message } = refusal(next, 'tile(t=4) cache(buffer=x,memory=register,at=t_in)')
  expect(data.code).toBe('accesses-differ')
  expect(message).toMatchInlineSnapshot(`
    "step 2, cache(buffer=x,memory=register,at=t_in): x is read outside its elements in some iterations [accesses-differ]
        grid.x t in T/4
          block.x t_in in 4
          ^^^^^^^^^^^^^^^^^
            y[4·t + t_in] = select(((4·t + t_in + 1) < T), x[4·t + t_in + 1], 0)   if 4·t + t_in < T"
  `)
})

test('cache refuses a tensor that is read at two places', () => {
  const { refusal: data, message } = refusal(neighbours, 'tile(t=4) cache(buffer=x,memory=register,at=t_in)')
  expect(data.code).toBe('accesses-differ')
  expect(message).toMatchInlineSnapshot(`
    "step 2, cache(buffer=x,memory=register,at=t_in): x is read at different places inside t_in [accesses-differ]
        grid.x t in T/4
          block.x t_in in 4
          ^^^^^^^^^^^^^^^^^
            y[4·t + t_in] = (x[4·t + t_in] + x[8·t + 2·t_in])   if 4·t + t_in < T"
  `)
})

test('cache refuses a tensor that is read backwards, with a message that does not claim it is read before its first element', () => {
  const reversed = kernel('reversed', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T, 12])
    output('y', f32, [T, 12], (t, d) => x(t, d.mul(-1).add(11)))
  })
  expect(refusal(reversed, 'tile(t=4,d=4) cache(buffer=x,memory=shared)').refusal).toMatchObject({
    code: 'accesses-differ',
    message: 'x is read backwards, at -1·d_in + -4·d + 11; only data that is read forwards can be copied',
  })
})
