import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('refuses an unknown stage', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,stage=qq)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(`
    "step 1, tile(t=16,stage=qq): there is no stage qq [bad-argument]
    try q"
  `)
})

test('refuses an unknown argument', () => {
  const { refusal: data, message } = refusal(quantize, 'unroll(lop=t)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(`
    "step 1, unroll(lop=t): unroll has no argument lop [bad-argument]
    try loop or stage"
  `)
})

test('refuses a missing argument', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=t)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(`"step 1, split(loop=t): split needs the argument by [bad-argument]"`)
})

test('refuses a value of the wrong type', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=big)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, tile(t=big): t is "big"; a whole number of at least 1 is expected [bad-argument]"`,
  )
})

test('refuses a factor below 1', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=0)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, tile(t=0): t is 0; a whole number of at least 1 is expected [bad-argument]"`,
  )
})

test('refuses a word that is not one of the choices', () => {
  const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=local)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, cache(buffer=x,memory=local): memory is "local"; one of shared, register is expected [bad-argument]"`,
  )
})

test('split refuses a name that is taken', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=4,inner=t)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(`
    "step 1, split(loop=d,by=4,inner=t): the name t is taken [bad-argument]
    try t2"
  `)
})

test('split refuses a name that is not an identifier', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=4,inner="2")')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, split(loop=d,by=4,inner="2"): '2' is not a name: a letter, then letters, digits and _ [bad-argument]"`,
  )
})

test('reorder refuses a single loop', () => {
  const { refusal: data, message } = refusal(quantize, 'reorder(order=t)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, reorder(order=t): order=t needs two or more different loop names joined by a dot, such as order=d.t [bad-argument]"`,
  )
})

test('bind refuses to run without a loop', () => {
  const { refusal: data, message } = refusal(quantize, 'bind()')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(`"step 1, bind(): no loop is named; write bind(d=grid.x) [bad-argument]"`)
})

test('tile refuses to run without an axis', () => {
  const { refusal: data, message } = refusal(quantize, 'tile()')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, tile(): no axis is named; write the size of the tile along each axis, such as tile(t=16,d=16) [bad-argument]"`,
  )
})

test('coarsen refuses two axes', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) coarsen(t=2,d=2)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 2, coarsen(t=2,d=2): only one axis can be coarsened, but 2 are named; write coarsen(d=4) [bad-argument]"`,
  )
})

test('vectorize refuses two axes', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(t=2,d=2)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, vectorize(t=2,d=2): only one axis can be vectorized, but 2 are named; write vectorize(d=4) [bad-argument]"`,
  )
})

test('vectorize refuses a width of 3', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=3)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(`
    "step 1, vectorize(d=3): a vector of 3 elements; a power of two or a multiple of 32 is expected [bad-argument]
    try 4, 8 or 16"
  `)
})

test('predicate refuses to run without an axis', () => {
  const { refusal: data, message } = refusal(quantize, 'predicate(multiple=4)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, predicate(multiple=4): no axis is named; write predicate(d=assume) [bad-argument]"`,
  )
})

test('predicate refuses an assumption that no guard depends on', () => {
  const { refusal: data, message } = refusal(quantize, 'predicate(d=assume)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, predicate(d=assume): d is neither vectorized nor tiled, so nothing depends on a multiple of D; split it first or write multiple=4 [bad-argument]"`,
  )
})
