import { describe, expect, test } from 'vitest'
import {
  arrayByteLength,
  elementCount,
  logicalValues,
  packTensor,
  rowByteLength,
  unpackTensor,
} from '../src/interpret/tensor.ts'
import { f16, f32, i3, i4, i8, integerRange, type StorageType, storageTypes, u2, u8 } from '../src/ir/types.ts'

/** Values that cover the range of a type and differ from row to row. */
function pattern(type: StorageType, shape: readonly number[]) {
  const data = logicalValues(type, elementCount(shape))
  for (let index = 0; index < data.length; index++) {
    if (type.kind === 'float') data[index] = (index % 9) / 4 - 1
    else {
      const { low, high } = integerRange(type)
      data[index] = low + ((index * 2654435761) % (high - low + 1))
    }
  }
  return { type, shape, data }
}

describe('layout', () => {
  test.each([
    [f32, 3, 4, 12],
    [i8, 5, 4, 8],
    [i8, 5, 1, 5],
    [i4, 9, 4, 8],
    [i4, 9, 1, 5],
    [i3, 32, 4, 12],
    [i3, 33, 4, 16],
    [u2, 1, 4, 4],
    [f16, 3, 4, 8],
  ])('a row of %o with %i elements, aligned to %i, has %i bytes', (type, columns, alignment, bytes) => {
    expect(rowByteLength(type, columns, alignment)).toBe(bytes)
  })

  test('the length of an array is that of its rows, padded once at the end', () => {
    expect(arrayByteLength(f32, [3, 5], 4, 16)).toBe(64)
    expect(arrayByteLength(f32, [0, 5], 4, 16)).toBe(0)
    expect(arrayByteLength(f32, [], 4, 4)).toBe(4)
  })

  test('sub-byte codes are packed from the least significant bit, across bytes', () => {
    const i4Bytes = packTensor({ type: i4, shape: [3], data: Int8Array.of(1, -1, 7) }, 4, 4)
    expect([...i4Bytes]).toEqual([0xf1, 0x07, 0, 0])
    const i3Bytes = packTensor({ type: i3, shape: [4], data: Int8Array.of(1, 2, -1, 3) }, 1, 1)
    // 001 | 010 << 3 | 111 << 6 | 011 << 9
    expect([...i3Bytes]).toEqual([0b11_010_001, 0b0000_011_1])
  })

  test('every row starts at its own word', () => {
    const bytes = packTensor({ type: u8, shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 4, 4)
    expect([...bytes]).toEqual([1, 2, 3, 0, 4, 5, 6, 0])
  })
})

describe.each([...storageTypes.values()].map(type => [type.name, type] as const))('%s', (_, type) => {
  test.each([
    [[1], 4, 4],
    [[7], 1, 1],
    [[3, 31], 4, 16],
    [[2, 3, 33], 4, 4],
    [[5, 64], 16, 16],
    [[0, 8], 4, 4],
    [[], 4, 4],
  ])('shape %j survives packing (row alignment %i, size alignment %i)', (shape, rowAlignment, sizeAlignment) => {
    const tensor = pattern(type, shape)
    const bytes = packTensor(tensor, rowAlignment, sizeAlignment)
    expect(bytes.length).toBe(arrayByteLength(type, shape, rowAlignment, sizeAlignment))
    expect(unpackTensor(bytes, type, shape, rowAlignment)).toEqual(tensor)
  })
})

describe('refuses', () => {
  test('a value outside of the range of the type', () => {
    expect(() => packTensor({ type: i4, shape: [2], data: Int8Array.of(0, 8) }, 4, 4)).toThrow(
      'Value 8 at index 1 does not fit i4 (-8 to 7)',
    )
    expect(() => packTensor({ type: i8, shape: [1], data: Int32Array.of(300) }, 4, 4)).toThrow('does not fit i8')
  })

  test('data whose length differs from the shape', () => {
    expect(() => packTensor({ type: f32, shape: [2, 3], data: new Float32Array(5) }, 4, 4)).toThrow(
      'A tensor of shape [2, 3] has 6 values, its data 5',
    )
  })

  test('too few bytes', () => {
    expect(() => unpackTensor(new Uint8Array(7), f32, [2], 4)).toThrow('f32 [2] takes 8 bytes; there are only 7')
  })
})

test('unpacks bytes at an odd offset', () => {
  const bytes = new Uint8Array(new ArrayBuffer(9), 1, 8)
  bytes.set(packTensor({ type: f16, shape: [4], data: Float32Array.of(1, 2, -3, 0.5) }, 4, 4))
  expect([...unpackTensor(bytes, f16, [4], 4).data]).toEqual([1, 2, -3, 0.5])
})
