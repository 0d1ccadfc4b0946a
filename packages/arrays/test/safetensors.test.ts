import { appendFileSync, closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bf16, f8e4m3, f8e5m2, f16, f32, i8, i32, u8, u32 } from '@qernel/dsl'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { usageErrorOf } from '../../../test/usage-error.ts'
import { ArrayFileError } from '../src/array-file-error.ts'
import { listSafetensors, readSafetensors } from '../src/safetensors.ts'

const folder = temporaryFolder()

interface Entry {
  dtype: unknown
  shape: unknown
  data_offsets: unknown
}

/** A .safetensors file from its header, given as an object or as text. */
function safetensors(header: Record<string, Entry> | string, data: Uint8Array, claim?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, claim ?? BigInt(text.length), true)
  return Uint8Array.from([...length, ...text, ...data])
}

const zeros = (length: number): Uint8Array => new Uint8Array(length)
const entry = (dtype: string, shape: number[], begin: number, end: number): Entry => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

describe('reads tensors', () => {
  const types = [
    ['F32', f32, Float32Array.of(1.5, -2), new Uint8Array(Float32Array.of(1.5, -2).buffer)],
    ['F16', f16, Float32Array.of(1.5, -2), Uint8Array.of(0x00, 0x3e, 0x00, 0xc0)],
    ['BF16', bf16, Float32Array.of(1.5, -2), Uint8Array.of(0xc0, 0x3f, 0x00, 0xc0)],
    ['F8_E4M3', f8e4m3, Float32Array.of(1.5, -448), Uint8Array.of(0x3c, 0xfe)],
    ['F8_E5M2', f8e5m2, Float32Array.of(1.5, -57344), Uint8Array.of(0x3e, 0xfb)],
    ['I8', i8, Int8Array.of(1, -2), Uint8Array.of(1, 0xfe)],
    ['U8', u8, Uint8Array.of(1, 254), Uint8Array.of(1, 254)],
    ['I32', i32, Int32Array.of(1, -2), new Uint8Array(Int32Array.of(1, -2).buffer)],
    ['U32', u32, Uint32Array.of(1, 2), new Uint8Array(Uint32Array.of(1, 2).buffer)],
  ] as const
  it.each(types)('%s', async (dtype, type, data, bytes) => {
    const path = folder.file('types.safetensors', safetensors({ x: entry(dtype, [2], 0, bytes.length) }, bytes))
    expect(await readSafetensors(path, 'x')).toEqual({ type, shape: [2], data })
  })

  it('without a name if there is only one, at any alignment, and empty ones', async () => {
    const header = { a: entry('U8', [1], 0, 1), b: entry('F32', [1, 1], 1, 5), none: entry('F32', [0, 128], 5, 5) }
    const one = Uint8Array.of(9, ...new Uint8Array(Float32Array.of(1).buffer))
    const path = folder.file('odd.safetensors', safetensors(header, one))
    expect(await readSafetensors(path, 'b')).toEqual({ type: f32, shape: [1, 1], data: Float32Array.of(1) })
    expect(await readSafetensors(path, 'none')).toEqual({ type: f32, shape: [0, 128], data: new Float32Array(0) })
    const single = folder.file('single.safetensors', safetensors({ x: entry('U8', [1], 0, 1) }, zeros(1)))
    expect((await readSafetensors(single, undefined)).shape).toEqual([1])
  })

  it('of the example data, whole and one row', async () => {
    const path = fileURLToPath(new URL('../../../examples/data/kv-head.safetensors', import.meta.url))
    expect((await listSafetensors(path)).map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['key', 'F16', [2048, 128]],
      ['value', 'F16', [1792, 128]],
      ['query_last', 'F16', [128]],
    ])
    const whole = await readSafetensors(path, 'key')
    const row = await readSafetensors(path, 'key', [{ kind: 'index', index: 2047 }])
    expect(row.shape).toEqual([128])
    expect(row.data).toEqual(whole.data.subarray(2047 * 128))
  })

  it.skipIf(process.platform === 'win32')('beyond 2 and 4 GiB of a file', async () => {
    // A sparse file takes no room on the disk.
    const bytes = 5 * 2 ** 30
    const path = folder.file(
      'huge.safetensors',
      safetensors({ x: entry('U8', [bytes / 1024, 1024], 0, bytes) }, zeros(0)),
    )
    const descriptor = openSync(path, 'r+')
    const header = 8 + JSON.stringify({ x: entry('U8', [bytes / 1024, 1024], 0, bytes) }).length
    ftruncateSync(descriptor, header + bytes)
    writeSync(descriptor, Uint8Array.of(42), 0, 1, header + bytes - 1)
    closeSync(descriptor)
    const last = await readSafetensors(path, 'x', [{ kind: 'index', index: -1 }])
    expect(last.shape).toEqual([1024])
    expect(last.data.at(-1)).toBe(42)
  })
})

describe('refuses', () => {
  const invalid = (what: string): string => `not a valid .safetensors file: ${what}`
  const x = (parts: Partial<Entry>): Record<string, Entry> => ({ x: { ...entry('F32', [2], 0, 8), ...parts } })
  const cases: [name: string, content: Uint8Array, what: string, tensor?: string][] = [
    ['empty', zeros(0), invalid('the file is empty')],
    ['7 bytes', zeros(7), invalid('the file ends within its first 8 bytes')],
    [
      'header past the end',
      safetensors(x({}), zeros(8), 1000n),
      invalid('the header claims 1000 bytes, only 62 follow'),
    ],
    [
      'header of 2^64 − 1 bytes',
      safetensors(x({}), zeros(8), 2n ** 64n - 1n),
      invalid('the header claims 18446744073709551615 bytes, only 62 follow'),
    ],
    ['not UTF-8', safetensors('\0'.repeat(3), zeros(0)).with(9, 0xff), invalid('the header is not UTF-8')],
    ['a list', safetensors('[]', zeros(0)), invalid('the header is not a JSON object')],
    [
      'a tensor twice',
      safetensors('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0078":{}}', zeros(1)),
      invalid("the header has the key 'x' twice"),
    ],
    [
      'offsets twice',
      safetensors('{"x":{"data_offsets":[0,1],"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', zeros(1)),
      invalid("the header has the key 'data_offsets' twice"),
    ],
    ['an entry that is a number', safetensors('{"x":3}', zeros(0)), invalid('its entry is not a JSON object'), 'x'],
    ['a dtype that is a number', safetensors(x({ dtype: 4 }), zeros(8)), invalid('dtype is not a string'), 'x'],
    [
      'a negative extent',
      safetensors(x({ shape: [-2] }), zeros(8)),
      invalid('shape is not a list of whole numbers from 0 to 2^53'),
      'x',
    ],
    [
      'a fractional extent',
      safetensors(x({ shape: [0.5] }), zeros(8)),
      invalid('shape is not a list of whole numbers from 0 to 2^53'),
      'x',
    ],
    [
      'one offset',
      safetensors(x({ data_offsets: [0] }), zeros(8)),
      invalid('data_offsets is not a pair of whole numbers [begin, end]'),
      'x',
    ],
    [
      'a negative offset',
      safetensors(x({ data_offsets: [-8, 0] }), zeros(8)),
      invalid('data_offsets is not a pair of whole numbers [begin, end]'),
      'x',
    ],
    [
      'backwards',
      safetensors(x({ data_offsets: [8, 0] }), zeros(8)),
      invalid('data_offsets [8, 0] run backwards'),
      'x',
    ],
    ['past the end', safetensors(x({}), zeros(7)), invalid('data_offsets [0, 8] end past the data'), 'x'],
    [
      'size of another shape',
      safetensors(x({ shape: [3] }), zeros(8)),
      invalid('shape [3] of F32 takes 12 bytes, data_offsets [0, 8] hold 8'),
      'x',
    ],
    [
      'a huge shape',
      safetensors(x({ shape: [2 ** 40, 2 ** 40] }), zeros(8)),
      invalid('shape [1099511627776, 1099511627776] of F32 takes more than 2^53 bytes, data_offsets [0, 8] hold 8'),
      'x',
    ],
    [
      'an overlap',
      safetensors({ a: entry('U8', [4], 0, 4), b: entry('U8', [4], 2, 6) }, zeros(6)),
      invalid("the tensors 'a' and 'b' overlap"),
    ],
    [
      'a hole',
      safetensors({ a: entry('U8', [1], 0, 1), b: entry('U8', [1], 3, 4) }, zeros(4)),
      invalid('bytes 1 to 3 of the data belong to no tensor'),
    ],
    ['a tail', safetensors(x({}), zeros(9)), invalid('bytes 8 to 9 of the data belong to no tensor')],
  ]
  it.each(cases)('%s', async (_, content, what, tensor) => {
    const path = folder.file('lying.safetensors', content)
    const where = tensor === undefined ? path : `${path}, tensor '${tensor}'`
    expect(await usageErrorOf(() => readSafetensors(path, 'x'))).toMatchObject({ what, where })
  })

  it('a header that is not JSON', async () => {
    const path = folder.file('json.safetensors', safetensors('{"x": ', zeros(0)))
    expect((await usageErrorOf(() => readSafetensors(path, 'x'))).what).toMatch(
      /^not a valid .safetensors file: the header is not JSON: /,
    )
  })

  it('a valid file with bytes after its end', async () => {
    const path = folder.file('grown.safetensors', safetensors({ x: entry('U8', [1], 0, 1) }, zeros(1)))
    appendFileSync(path, 'more')
    expect((await usageErrorOf(() => readSafetensors(path, 'x'))).what).toBe(
      invalid('bytes 1 to 5 of the data belong to no tensor'),
    )
  })
})

describe('refuses to read', () => {
  const header = { 'layers.0.key': entry('I64', [1], 0, 8), 'layers.0.value': entry('F8_E9', [3], 8, 10) }
  const path = folder.file('names.safetensors', safetensors(header, zeros(10)))

  it('an unknown tensor, and lists the existing ones, the nearest first', async () => {
    expect(await usageErrorOf(() => readSafetensors(path, 'layers.0.valeu'))).toEqual({
      what: "unknown tensor 'layers.0.valeu'",
      where: path,
      allowed: ['layers.0.value', 'layers.0.key'],
      nearest: 'layers.0.value',
    })
  })

  it('without a name if there are several tensors', async () => {
    expect(await usageErrorOf(() => readSafetensors(path, undefined))).toMatchObject({
      what: 'the file holds 2 tensors; name one after #',
      allowed: ['layers.0.key', 'layers.0.value'],
    })
  })

  it('types that no kernel accepts, whether the format knows them or not', async () => {
    expect(await usageErrorOf(() => readSafetensors(path, 'layers.0.key'))).toMatchObject({
      what: "unknown element type 'I64'",
      where: `${path}, tensor 'layers.0.key'`,
      allowed: ['I8', 'I32', 'F32', 'F16', 'U8', 'U32', 'BF16', 'F8_E4M3', 'F8_E5M2'],
    })
    expect(await usageErrorOf(() => readSafetensors(path, 'layers.0.value'))).toMatchObject({
      what: "unknown element type 'F8_E9'",
    })
  })
})

it('a file with arbitrary changes is read consistently or refused', async () => {
  const valid = safetensors({ x: entry('F16', [2, 3], 0, 12), y: entry('I8', [2], 12, 14) }, zeros(14))
  const edits = fc.array(
    fc.tuple(fc.nat({ max: 140 }), fc.constantFrom('set', 'digit', 'insert', 'delete', 'cut'), fc.nat({ max: 255 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  await fc.assert(
    fc.asyncProperty(edits, async changes => {
      const bytes = [...valid]
      for (const [at, edit, value] of changes) {
        if (edit === 'set') bytes[at % bytes.length] = value
        if (edit === 'digit') bytes[at % bytes.length] = 0x30 + (value % 10)
        if (edit === 'insert') bytes.splice(at, 0, value)
        if (edit === 'delete') bytes.splice(at, 1)
        if (edit === 'cut') bytes.length = Math.max(1, Math.min(bytes.length, at))
      }
      const path = folder.file('mutated.safetensors', Uint8Array.from(bytes))
      try {
        const { shape, data } = await readSafetensors(path, 'x')
        expect(data.length).toBe(shape.reduce((product, extent) => product * extent, 1))
      } catch (error) {
        expect(error).toBeInstanceOf(ArrayFileError)
      }
    }),
    { numRuns: 500 },
  )
})
