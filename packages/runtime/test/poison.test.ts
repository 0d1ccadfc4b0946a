import type { PlannedArray } from '@qernel/codegen'
import { i4, i8, type StorageType } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { checkRedZone, holdsPoison, poisons, unwritten } from '../src/poison.ts'

function output(type: StorageType, shape: number[], rowAlignment: number, byteLength: number): PlannedArray {
  const parameter = {
    name: 'q',
    role: 'output',
    type,
    shape,
    rowAlignment,
    binding: 0,
    access: 'read_write',
    sizeAlignment: 4,
  } as const
  return { parameter, shape, byteLength }
}

const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer)
const [first, second] = poisons

test('padding may stay unwritten, but values may not', () => {
  // Rows of 5 bytes in 16 bytes: two words hold values.
  const array = output(i8, [2, 5], 16, 32)
  expect(holdsPoison(words(1, 2, first, first, 3, 4, first, first), array, first)).toBe(false)
  expect(holdsPoison(words(1, 2, first, first, 3, first, first, first), array, first)).toBe(true)
})

test('a word is unwritten if it keeps both poisons', () => {
  const array = output(i4, [2, 9], 4, 16)
  // The second word was written with a value that equals the first poison.
  const runs = [words(1, first, 3, first), words(1, first, 3, second)] as const
  expect(unwritten(runs, array)).toEqual({ words: 1, of: 4, first: 'row 1, column 8' })
  expect(unwritten([words(1, first, 3, 4), words(1, first, 3, 4)], array)).toBeUndefined()
})

test('rows that start inside words are searched as one', () => {
  const array = output(i8, [3, 3], 1, 9)
  expect(holdsPoison(Uint8Array.of(1, 2, 3, 0xd5, 0xff, 0xd5, 0xff, 8, 9), array, first)).toBe(false)
  expect(holdsPoison(Uint8Array.of(1, 2, 3, 4, 0xd5, 0xff, 0xd5, 0xff, 9), array, first)).toBe(true)
})

test('a red zone reports where it was overwritten', () => {
  const array = output(i8, [2, 5], 4, 16)
  expect(() => checkRedZone(words(first, first), array, first)).not.toThrow()
  expect(() => checkRedZone(words(first, 0), array, first)).toThrow(
    'The kernel wrote past the end of q [2, 5]: byte 20 of 16 changed',
  )
})
