/** Half-split blocks: where the nibbles lie in llama.cpp's q4_0, in LMDeploy and in interleaved words. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { f32, halfSplit, i4, packTensor, u2, u3, u4, unpackTensor } from '../src/index.ts'
import { logicalValues, slotOf } from '../src/internal.ts'

const tensor = (type: typeof u4, shape: readonly number[], values: readonly number[]) => ({
  type,
  shape,
  data: logicalValues(type, values.length).map((_, i) => values[i] as number),
})
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i % 16)

describe('packed bytes', () => {
  test('q4_0: byte j of a block of 32 holds element j in the low nibble and element j + 16 in the high one', () => {
    const bytes = packTensor(tensor(halfSplit(u4, 32), [1, 32], upTo(32)), 16, 4)
    expect([...bytes]).toEqual(Array.from({ length: 16 }, (_, j) => (j % 16) | (((j + 16) % 16) << 4)))
  })

  test('a word of halves of 8 holds the elements 0, 4, 1, 5, 2, 6, 3, 7', () => {
    const [a, b, c, d] = packTensor(tensor(halfSplit(u4, 8), [1, 8], upTo(8)), 4, 4)
    expect([a, b, c, d]).toEqual([0x40, 0x51, 0x62, 0x73])
  })

  test('the last block of a row is padded with zeros, and its codes keep their slots', () => {
    const bytes = packTensor(tensor(halfSplit(u4, 8), [2, 3], [1, 2, 3, 4, 5, 6]), 4, 4)
    expect([...bytes]).toEqual([0x01, 0x02, 0x03, 0x00, 0x04, 0x05, 0x06, 0x00])
  })
})

test('unpacking inverts packing', () => {
  const types = [halfSplit(u4, 8), halfSplit(i4, 32), halfSplit(u2, 16), halfSplit(u4, 128)]
  const cases = fc.record({
    type: fc.constantFrom(...types),
    rows: fc.nat(3),
    columns: fc.nat(70),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(cases, ({ type, rows, columns, seed }) => {
      const low = type.kind === 'signed' ? -8 : 0
      const span = 2 ** type.bits
      const values = Array.from({ length: rows * columns }, (_, i) => low + (((i * 7 + seed) >>> 0) % span))
      const given = tensor(type, [rows, columns], values)
      const block = ((type.halves as number) * type.bits) / 8
      expect([...unpackTensor(packTensor(given, block, 4), type, [rows, columns], block).data]).toEqual([...given.data])
    }),
  )
})

test('every element has its own slot', () => {
  const type = halfSplit(u4, 32)
  expect(new Set(upTo(96).map((_, i) => slotOf(type, i))).size).toBe(96)
})

test('halfSplit accepts only 2- and 4-bit codes, in blocks of whole words', () => {
  expect(() => halfSplit(f32, 32)).toThrow('f32 is not a type of 2- or 4-bit codes')
  expect(() => halfSplit(u3, 32)).toThrow('u3 is not a type of 2- or 4-bit codes')
  expect(() => halfSplit(halfSplit(u4, 8), 8)).toThrow('u4h8 is not a type of 2- or 4-bit codes')
  expect(() => halfSplit(u4, 12)).toThrow('blocks of 12 u4 do not fill whole words; a multiple of 8 does')
})
