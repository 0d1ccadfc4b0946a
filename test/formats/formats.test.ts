/**
 * Every quantizer and dequantizer of the library against encoders and decoders that share no code with the definitions: plain loops in
 * `formats/`, written from what was published, on values of many kinds side by side.
 */
import { i2, i3, i4, packTensor, type Tensor, u2, u3, u4, u8 } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { describe, expect, test } from 'vitest'
import { bitsOfF16, f16, f16OfBits } from './arithmetic.ts'
import { packedRows } from './bit-packing.ts'
import { mismatches } from './compare.ts'
import blocks from './data/llama-cpp-blocks.json' with { type: 'json' }
import { inRows } from './format.ts'
import { q4Blocks, q8Blocks } from './llama-cpp.ts'
import { formats } from './table.ts'

/** Known mistakes. Each kernel here must fail; remove its line when it is fixed. */
const knownFaults: readonly { readonly kernels: RegExp; readonly fault: string }[] = []
const isKnown = (name: string): boolean => knownFaults.some(({ kernels }) => kernels.test(name))
const named = [...formats]

describe('codes, parameters and elements are those of the published format', () => {
  test.each(named.filter(([name]) => !isKnown(name)))('%s', (name, format) => {
    expect(mismatches(name, format).slice(0, 10)).toEqual([])
  })

  const faulty = named.filter(([name]) => isKnown(name))
  test.runIf(faulty.length > 0).each(faulty)('%s is known to be wrong, and still is', (name, format) => {
    expect(mismatches(name, format)).not.toEqual([])
  })
})

/** D = 96: rows of three blocks, an odd number of half words. An odd number of rows, too. */
test.each([
  ['llama_cpp_q8_0_blocks', q8Blocks],
  ['llama_cpp_q4_0_blocks', q4Blocks],
] as const)('%s in rows of three blocks', (name, format) => {
  const layout = () => inRows(32, () => [3, 96])(9)
  expect(mismatches(name, { ...format, layout }).slice(0, 10)).toEqual([])
})

test('every kernel of the library has a format, and every format a kernel', () => {
  const covered = kernelLibrary.flatMap(({ name, roundTrip }) =>
    formats.has(name) ? [name, ...(roundTrip === undefined ? [] : [roundTrip.dequantize])] : [],
  )
  expect(kernelLibrary.map(({ name }) => name).filter(name => !covered.includes(name))).toEqual([])
  expect([...formats.keys()].filter(name => !covered.includes(name))).toEqual([])
})

/** Bytes that llama.cpp's own code made. Rows with a NaN have no q8_0, whose maximum forgets what stood before it. */
describe('the oracle of llama.cpp’s blocks agrees with bytes of llama.cpp', () => {
  const cases = blocks.rows.flatMap(({ name, x, q4_0, q8_0 }) => [
    { name: `q4_0, ${name}`, x, bytes: q4_0, format: q4Blocks },
    ...(q8_0 === undefined ? [] : [{ name: `q8_0, ${name}`, x, bytes: q8_0, format: q8Blocks }]),
  ])

  test.each(cases)('$name', ({ x, bytes, format }) => {
    const tensor: Tensor = { type: u8, shape: [1, 1, bytes.length / 2], data: Buffer.from(bytes, 'hex') }
    const layout = { ...format.layout(2), groups: 1 }
    const { parameters, codes } = format.storage.read(new Map([['blocks', tensor]]), layout)
    const values = [...new Float32Array(Uint8Array.from(Buffer.from(x, 'hex')).buffer)]
    const expected = format.encode(values, [])
    expect(parameters).toEqual([expected.parameters])
    // What the format leaves open is there in the bytes all the same.
    expect(codes).toEqual([expected.codes.map((code, i) => code ?? codes[0]?.[i])])
    expect(expected.codes.filter(code => code !== undefined).length).toBeGreaterThan(20)
  })
})

test('each format says where it was published, and what that leaves open', () => {
  for (const [name, { source, open }] of formats) {
    expect(source, name).not.toBe('')
    expect(open, name).not.toEqual([])
  }
})

test('the oracles’ own f16 holds every number of 16 bits, and rounds halves between two to the even one', () => {
  const wrong: number[] = []
  for (let bits = 0; bits < 0x7c00; bits++) {
    const value = f16OfBits(bits)
    const isLast = bits === 0x7bff
    const next = isLast ? 65536 : f16OfBits(bits + 1)
    const even = bits % 2 === 0 ? value : isLast ? Number.POSITIVE_INFINITY : next
    if (bitsOfF16(value) !== bits || f16((value + next) / 2) !== even || f16(-value) !== -value) wrong.push(bits)
  }
  expect(wrong).toEqual([])
})

describe('codes of few bits lie in 32-bit words, the first in the lowest bits; rows are padded to whole words', () => {
  test.each([i4, i3, i2, u4, u3, u2])('$name', type => {
    const low = type.kind === 'signed' ? -(2 ** (type.bits - 1)) : 0
    for (const columns of [32, 96, 37]) {
      const codes = Array.from({ length: 3 * columns }, (_, i) => low + ((i * 5) % 2 ** type.bits))
      const data = type.kind === 'signed' ? Int8Array.from(codes) : Uint8Array.from(codes)
      expect(packTensor({ type, shape: [3, columns], data }, 4, 4)).toEqual(packedRows(codes, columns, type.bits))
    }
  })
})
