import { expect, test } from 'vitest'
import { grouped, quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('split refuses an unknown loop and offers the nearest name first', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=e,by=4)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, split(loop=e,by=4): there is no loop e [no-such-loop]
    try d or t"
  `)
})

test('split refuses a loop of another stage', () => {
  const { refusal: data, message } = refusal(grouped, 'split(loop=e,by=4,stage=q)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, split(loop=e,by=4,stage=q): there is no loop e in stage q [no-such-loop]
    try d, t or d_group"
  `)
})

test('reorder refuses an unknown loop', () => {
  const { refusal: data, message } = refusal(quantize, 'reorder(order=t.e)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, reorder(order=t.e): there is no loop e [no-such-loop]
    try d or t"
  `)
})

test('bind refuses an unknown loop', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(e=grid.x)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, bind(e=grid.x): there is no loop e [no-such-loop]
    try d or t"
  `)
})

test('unroll refuses an unknown loop', () => {
  const { refusal: data, message } = refusal(quantize, 'unroll(loop=k)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, unroll(loop=k): there is no loop k [no-such-loop]
    try d or t"
  `)
})

test('tile refuses an unknown axis', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(e=16)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, tile(e=16): there is no axis e [no-such-loop]
    try d or t"
  `)
})

test('tile refuses axes that no stage has together', () => {
  const { refusal: data, message } = refusal(grouped, 'tile(g=4,d=4)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, tile(g=4,d=4): no stage has all of the axes g, d [no-such-loop]
    try t, g, d_group or d"
  `)
})

test('coarsen refuses an unknown axis', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(e=4)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 2, coarsen(e=4): there is no axis e [no-such-loop]
    try d or t"
  `)
})

test('predicate refuses an unknown axis', () => {
  const { refusal: data, message } = refusal(quantize, 'predicate(e=assume)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, predicate(e=assume): there is no axis e with a size [no-such-loop]
    try d or t"
  `)
})

test('predicate refuses to mask an unknown axis', () => {
  const { refusal: data, message } = refusal(quantize, 'predicate(e=mask)')
  expect(data.code).toBe('no-such-loop')
  expect(message).toMatchInlineSnapshot(`
    "step 1, predicate(e=mask): there is no axis e with a size [no-such-loop]
    try d or t"
  `)
})
