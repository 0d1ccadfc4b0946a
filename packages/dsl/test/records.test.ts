/** Records: rows of bytes that mix types. */
import { describe, expect, test } from 'vitest'
import {
  bf16,
  DefinitionError,
  f16,
  f32,
  field,
  i8,
  i32,
  interpretKernel,
  type KernelBuilder,
  kernel,
  type Tensor,
  u4,
  u8,
} from '../src/index.ts'
import { tensor } from './tensors.ts'

const errorOf = (define: (builder: KernelBuilder) => void): string => {
  try {
    kernel('k', define)
  } catch (error) {
    if (error instanceof DefinitionError) return error.message
    throw error
  }
  throw new Error('the kernel was built')
}

/** { f16 a; i8 b; u8 c; i32 e; bf16 f; i8 g[2] }: 12 bytes. */
const mixed = kernel('mixed', ({ size, input, outputRecord }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  outputRecord('records', [N], {
    a: field(f16, n => x(n)),
    b: field(i8, n => x(n).round()),
    c: field(u8, n => x(n).round()),
    e: field(i32, n => x(n).mul(1000).round()),
    f: field(bf16, n => x(n)),
    g: field(i8, 2, (n, i) => x(n).round().mul(i.value().toF32())),
  })
})

const back = kernel('back', ({ size, inputRecord, output }) => {
  const N = size('N')
  const records = inputRecord('records', [N], {
    a: { type: f16 },
    b: { type: i8 },
    c: { type: u8 },
    e: { type: i32 },
    f: { type: bf16 },
    g: { type: i8, length: 2 },
  })
  output('a', f32, [N], n => records.a(n))
  output('b', i32, [N], n => records.b(n))
  output('c', i32, [N], n => records.c(n).bitcast('i32'))
  output('e', i32, [N], n => records.e(n))
  output('f', f32, [N], n => records.f(n))
  output('g', i32, [N, 2], (n, i) => records.g(n, i))
})

test('fields follow each other, least significant byte first', () => {
  const records = interpretKernel(mixed, new Map([['x', tensor(f32, [1.5, -3.25])]])).get('records') as Tensor
  expect(records.shape).toEqual([2, 12])
  // 1.5 is 0x3e00 in f16 and 0x3fc0 in bf16; −3.25 is 0xc280 and 0xc050. −3.25 saturates to 0 in u8.
  expect([...records.data]).toEqual([
    ...[0x00, 0x3e, 2, 2, 1500 & 255, 1500 >> 8, 0, 0, 0xc0, 0x3f, 0, 2],
    ...[0x80, 0xc2, 0xfd, 0, 0x4e, 0xf3, 0xff, 0xff, 0x50, 0xc0, 0, 0xfd],
  ])
})

test('reading a record gives the values that were written', () => {
  const written = interpretKernel(mixed, new Map([['x', tensor(f32, [1.5, -3.25, 100])]])).get('records') as Tensor
  const read = interpretKernel(back, new Map([['records', written]]))
  const values = Object.fromEntries([...read].map(([name, { data }]) => [name, [...data]]))
  expect(values).toEqual({
    a: [1.5, -3.25, 100],
    b: [2, -3, 100],
    c: [2, 0, 100],
    e: [1500, -3250, 100000],
    f: [1.5, -3.25, 100],
    g: [0, 2, 0, -3, 0, 100],
  })
})

test('records of constant trailing dimensions share a row', () => {
  const pairs = kernel('pairs', ({ size, input, outputRecord }) => {
    const N = size('N')
    const x = input('x', f32, [N, 2])
    outputRecord('records', [N, 2], { scale: field(f16, (n, h) => x(n, h)) })
  })
  expect(pairs.tensors.find(({ name }) => name === 'records')?.dims).toEqual([{ size: 'N', dividedBy: 1 }, 4])
})

test('records that do not fill whole words share a row along the last dimension', () => {
  const blocks = kernel('blocks', ({ size, input, outputRecord }) => {
    const T = size('T')
    const D = size('D', { multipleOf: 2, atMost: 2 ** 31 - 1 })
    const x = input('x', f32, [T, D])
    outputRecord(
      'r',
      { t: T, b: D.groups(2).count },
      {
        first: field(i8, (t, b) => x(t, b.mul(2)).round()),
        both: field(f16, 2, (t, b, e) => x(t, b.mul(2).add(e))),
      },
    )
  })
  const dims = blocks.tensors.find(({ name }) => name === 'r')?.dims
  expect(dims).toEqual([
    { size: 'T', dividedBy: 1 },
    { size: 'D', dividedBy: 2, times: 5 },
  ])
  // Rows are numbered with 32 bits.
  expect(blocks.sizes.find(({ name }) => name === 'D')?.facts).toEqual({ multipleOf: 2, atMost: 858993458 })
  const x = tensor(f32, [1, 2, 3, 4, 5, 6, -7, 8, 9, 1, 2, 3], [2, 6])
  const written = interpretKernel(blocks, new Map([['x', x]])).get('r') as Tensor
  expect(written.shape).toEqual([2, 15])
  expect([...written.data.slice(15, 20)]).toEqual([0xf9, 0x00, 0xc7, 0x00, 0x48])
  const back = kernel('back', ({ size, inputRecord, output }) => {
    const [T, B] = [size('T'), size('B')]
    const r = inputRecord('r', [T, B], { first: { type: i8 }, both: { type: f16, length: 2 } })
    output('x', f32, { t: T, b: B, e: 2 }, (t, b, e) => r.both(t, b, e))
  })
  const read = interpretKernel(back, new Map([['r', written]])).get('x')
  expect([read?.shape, read?.data]).toEqual([[2, 3, 2], x.data])
  const torn = { ...written, shape: [2, 14], data: written.data.slice(0, 28) }
  expect(() => interpretKernel(back, new Map([['r', torn]]))).toThrow(
    'axis 1 of r has 14 elements; 5·B = 10 is expected',
  )
})

test('the length of the last field may be a size', () => {
  const rows = kernel('rows', ({ size, input, outputRecord }) => {
    const T = size('T')
    const D = size('D', { multipleOf: 4 })
    const x = input('x', f32, [T, D])
    outputRecord('rows', [T], {
      first: field(f32, t => x(t, 0)),
      q: field(i8, D, (t, d) => x(t, d).round()),
    })
  })
  const results = interpretKernel(rows, new Map([['x', tensor(f32, [1, 2, 3, -4], [1, 4])]]))
  const { shape, data } = results.get('rows') as Tensor
  expect(shape).toEqual([1, 8])
  expect([...data]).toEqual([0, 0, 0x80, 0x3f, 1, 2, 3, 0xfc])
})

describe('refuses a record with', () => {
  const record =
    (
      dims: (b: KernelBuilder) => Parameters<KernelBuilder['outputRecord']>[1],
      fields: Record<string, ReturnType<typeof field>>,
    ) =>
    (builder: KernelBuilder) => {
      builder.outputRecord('r', dims(builder), fields)
    }
  const rows = ({ size }: KernelBuilder) => [size('T')]
  test('codes that do not fill whole bytes', () =>
    expect(errorOf(record(rows, { q: field(u4, 8, () => 0) }))).toBe(
      'kernel k, record r: field q is u4, which does not fill whole bytes; pack its codes into a u8, as low + 16·high',
    ))
  test('a field that follows one whose length is a size', () =>
    expect(
      errorOf(builder => {
        const D = builder.size('D', { multipleOf: 4 })
        builder.outputRecord('r', [D], { q: field(i8, D, () => 0), d: field(f32, () => 0) })
      }),
    ).toBe('kernel k, record r: field d follows a field whose length is a size; such a field must be the last'))
  test('no fields', () =>
    expect(errorOf(record(rows, {}))).toBe('kernel k, record r: a record needs at least one field'))
})
