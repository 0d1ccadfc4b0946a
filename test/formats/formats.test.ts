/**
 * Every quantizer and dequantizer of the library against encoders and decoders that share no code with the definitions: plain loops in `formats/`,
 * written from the publications, on many kinds of values side by side.
 */
import { i2, i3, i4, packTensor, type Tensor, u2, u3, u4, u8 } from '@qernel/dsl'
import { formatKernels } from '@qernel/kernels'
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

describe('codes, parameters and elements are those of the published format:', () => {
  test.each(named.filter(([name]) => !isKnown(name)))('%s', (name, format) => {
    expect(mismatches(name, format).slice(0, 10)).toEqual([])
  })

  const faulty = named.filter(([name]) => isKnown(name))
  test.runIf(faulty.length > 0).each(faulty)('%s is known to be wrong, and still is', (name, format) => {
    expect(mismatches(name, format)).not.toEqual([])
  })
})

/** D = 96: rows of three blocks, with an odd number of half words; the number of rows is odd as well. */
test.each([
  ['llama_cpp_q8_0_blocks', q8Blocks],
  ['llama_cpp_q4_0_blocks', q4Blocks],
] as const)('%s in rows of three blocks', (name, format) => {
  const layout = () => inRows(32, () => [3, 96])(9)
  expect(mismatches(name, { ...format, layout }).slice(0, 10)).toEqual([])
})

test('every kernel of the library has a format, and every format has a kernel', () => {
  const covered = formatKernels.flatMap(({ name, roundTrip }) =>
    formats.has(name) ? [name, ...(roundTrip === undefined ? [] : [roundTrip.dequantize])] : [],
  )
  expect(formatKernels.map(({ name }) => name).filter(name => !covered.includes(name))).toEqual([])
  expect([...formats.keys()].filter(name => !covered.includes(name))).toEqual([])
})

/** Bytes from llama.cpp's own code. Rows with a NaN have no q8_0, because its maximum forgets the values before the NaN. */
describe('the oracle of llama.cpp’s blocks agrees with bytes from llama.cpp', () => {
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
    // The bytes contain a value even where the format leaves it open.
    expect(codes).toEqual([expected.codes.map((code, i) => code ?? codes[0]?.[i])])
    expect(expected.codes.filter(code => code !== undefined).length).toBeGreaterThan(20)
  })
})

test('each format says where it was published and what the publication leaves open', () => {
  for (const [name, { source, open }] of formats) {
    expect(source, name).not.toBe('')
    expect(open, name).not.toEqual([])
  }
})

test('the oracles’ own f16 represents every number of 16 bits, and rounds ties to even', () => {
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

describe('narrow codes are packed into 32-bit words from the lowest bits, and rows are padded to whole words', () => {
  test.each([i4, i3, i2, u4, u3, u2])('$name', type => {
    const low = type.kind === 'signed' ? -(2 ** (type.bits - 1)) : 0
    for (const columns of [32, 96, 37]) {
      const codes = Array.from({ length: 3 * columns }, (_, i) => low + ((i * 5) % 2 ** type.bits))
      const data = type.kind === 'signed' ? Int8Array.from(codes) : Uint8Array.from(codes)
      expect(packTensor({ type, shape: [3, columns], data }, 4, 4)).toEqual(packedRows(codes, columns, type.bits))
    }
  })
})
