import { writeFileSync } from 'node:fs'
import { bf16, f8e4m3, f8e5m2, f16, f32, i4, i8, i32, type StorageType, type Tensor, u3, u8, u32 } from '@qernel/dsl'
import { logicalValues } from '@qernel/dsl/internal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { usageErrorOf } from '../../../test/usage-error.ts'
import { ArrayFileError } from '../src/array-file-error.ts'
import { npyBytes, readNpy } from '../src/npy.ts'

const folder = temporaryFolder()

/** A .npy file from the text of its header. */
function npy(header: string, data: Uint8Array, version: 1 | 2 | 3 = 1): Uint8Array {
  const text = new TextEncoder().encode(header)
  const length = new Uint8Array(version === 1 ? 2 : 4)
  const view = new DataView(length.buffer)
  if (version === 1) view.setUint16(0, text.length, true)
  else view.setUint32(0, text.length, true)
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length, ...text, ...data])
}

const dict = (descr: string, shape: string, fortran = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`
const zeros = (length: number): Uint8Array => new Uint8Array(length)

describe('reads files that NumPy 2.4 wrote', () => {
  const pad = (text: string, length: number): string => `${text.padEnd(length - 1)}\n`

  it('version 1, C order', async () => {
    const values = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer)
    const path = folder.file('c.npy', npy(pad(dict('<f4', '(2, 3)'), 0x76), values))
    expect(await readNpy(path)).toEqual({ type: f32, shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) })
  })

  it('in Fortran order, which numpy.save uses for a transposed array, with the rows in the usual order', async () => {
    const columns = new Uint8Array(Uint16Array.of(0, 0x4200, 0x3c00, 0x4400, 0x4000, 0x4500).buffer)
    const path = folder.file('fortran.npy', npy(pad(dict('<f2', '(2, 3)', 'True'), 0x76), columns))
    expect(await readNpy(path)).toEqual({ type: f16, shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) })
  })

  it('version 2, an array without axes', async () => {
    const path = folder.file('v2.npy', npy(pad(dict('<u4', '()'), 0x74), Uint8Array.of(7, 0, 0, 0), 2))
    expect(await readNpy(path)).toEqual({ type: u32, shape: [], data: Uint32Array.of(7) })
  })

  it('version 3', async () => {
    const path = folder.file('v3.npy', npy(pad(dict('|i1', '(2,)'), 0x74), Uint8Array.of(255, 2), 3))
    expect(await readNpy(path)).toEqual({ type: i8, shape: [2], data: Int8Array.of(-1, 2) })
  })
})

describe('a part of an array', () => {
  it('equals what NumPy selects, in either order of the axes', async () => {
    const shape = '(2, 3, 4)'
    const rowMajor = folder.file(
      'parts-c.npy',
      npy(
        dict('|u1', shape),
        Uint8Array.from({ length: 24 }, (_, i) => i),
      ),
    )
    // Element [a, b, c] of the same array is at a + 2b + 6c in Fortran order.
    const columns = zeros(24)
    for (let i = 0; i < 24; i++) columns[Math.floor(i / 12) + 2 * (Math.floor(i / 4) % 3) + 6 * (i % 4)] = i
    const columnMajor = folder.file('parts-f.npy', npy(dict('|u1', shape, 'True'), columns))
    for (const path of [rowMajor, columnMajor]) {
      const part = await readNpy(path, [
        { kind: 'range' },
        { kind: 'index', index: -1 },
        { kind: 'range', start: 1, stop: 3 },
      ])
      expect(part).toEqual({ type: u8, shape: [2, 2], data: Uint8Array.of(9, 10, 21, 22) })
    }
  })
})

describe('refuses', () => {
  const good = dict('<f4', '(2, 3)')
  const cases: [name: string, content: Uint8Array, what: string][] = [
    ['empty', zeros(0), 'not a valid .npy file: the file is empty'],
    ['one byte', zeros(1), 'not a valid .npy file: the file is only 1 byte long'],
    [
      'other magic',
      new TextEncoder().encode('PK\x03\x04, a .npz file'),
      'not a valid .npy file: it does not begin with \\x93NUMPY',
    ],
    [
      'ends in the prefix',
      npy(good, zeros(0)).subarray(0, 9),
      'not a valid .npy file: the file ends within the first 10 bytes',
    ],
    ['version 4', npy(good, zeros(24)).with(6, 4), 'not a valid .npy file: format version 4.0'],
    [
      'header past the end',
      npy(good, zeros(0)).with(9, 0xff),
      'not a valid .npy file: the header claims 65339 bytes, only 59 follow',
    ],
    [
      'header of 4 GiB',
      npy(good, zeros(24), 2).fill(255, 8, 12),
      'not a valid .npy file: the header claims 4294967295 bytes, only 83 follow',
    ],
    [
      'header too large though it is there',
      npy(good.padEnd(70_000), zeros(24), 2),
      'not a valid .npy file: the header claims 70000 bytes',
    ],
    [
      'not Python',
      npy("{'descr': open('/etc/passwd')}", zeros(4)),
      "not a valid .npy file: the header is not a Python literal: the name 'open' at character 14",
    ],
    [
      'cut literal',
      npy("{'descr': '<f4', ", zeros(4)),
      'not a valid .npy file: the header is not a Python literal: the end of the text at character 17',
    ],
    [
      'deep brackets',
      npy('('.repeat(60_000), zeros(4)),
      'not a valid .npy file: the header is not a Python literal: brackets nested too deep at character 17',
    ],
    ['not a dict', npy('(1, 2)', zeros(4)), 'not a valid .npy file: the header is not a dict'],
    [
      'a key twice',
      npy("{'shape': (1,), 'shape': (2,)}", zeros(4)),
      "not a valid .npy file: the header is not a Python literal: a second 'shape' at character 23",
    ],
    [
      'no shape',
      npy("{'descr': '<f4', 'fortran_order': False}", zeros(4)),
      "not a valid .npy file: the header has no 'shape'",
    ],
    [
      'an extra key',
      npy(`${good.slice(0, -1)}'x': 1}`, zeros(24)),
      "not a valid .npy file: the header has an extra key 'x'",
    ],
    [
      'a negative extent',
      npy(dict('<f4', '(-1, 3)'), zeros(24)),
      'not a valid .npy file: an extent of the shape is not a whole number from 0 to 2^53',
    ],
    [
      '(3) is no tuple',
      npy(dict('<f4', '(3)'), zeros(12)),
      "not a valid .npy file: the header is not a Python literal: a tuple of one item without a ',' after it at character 53",
    ],
    [
      'data too short',
      npy(good, zeros(23)),
      'not a valid .npy file: shape [2, 3] of <f4 takes 24 bytes, 23 follow the header',
    ],
    [
      'data too long',
      npy(good, zeros(25)),
      'not a valid .npy file: shape [2, 3] of <f4 takes 24 bytes, 25 follow the header',
    ],
    [
      'a huge shape',
      npy(dict('<f4', '(4294967296, 4294967296)'), zeros(24)),
      'not a valid .npy file: shape [4294967296, 4294967296] of <f4 takes more than 2^53 bytes, 24 follow the header',
    ],
  ]
  it.each(cases)('%s', async (_, content, what) => {
    const path = folder.file('lying.npy', content)
    expect(await usageErrorOf(() => readNpy(path))).toMatchObject({ what, where: path })
  })

  it('big-endian elements, and says how to convert them', async () => {
    const path = folder.file('big.npy', npy(dict('>f4', '(1,)'), zeros(4)))
    expect(await usageErrorOf(() => readNpy(path))).toEqual({
      what: "big-endian elements, '>f4'",
      where: path,
      allowed: ['<f4', '<f2', '|i1', '|u1', '<i4', '<u4'],
      nearest: '<f4',
      hint: "in Python: numpy.save(FILE, array.astype('<f4'))",
    })
  })

  it('float64, which NumPy saves by default', async () => {
    const path = folder.file('f8.npy', npy(dict('<f8', '(1,)'), zeros(8)))
    expect(await usageErrorOf(() => readNpy(path))).toMatchObject({
      what: "unknown element type '<f8'",
      nearest: '<f4',
      hint: "in Python: numpy.save(FILE, array.astype('<f4'))",
    })
  })

  it('8-bit floats, which NumPy writes as bytes without a type', async () => {
    const path = folder.file('v1.npy', npy(dict('|V1', '(1,)'), zeros(1)))
    expect(await usageErrorOf(() => readNpy(path))).toMatchObject({
      what: "unknown element type '|V1'",
      hint: "if these are 8-bit floats: save them as .safetensors, which has names for the types, or their bits: numpy.save(FILE, array.view('|u1'))",
    })
  })

  it('a structured array', async () => {
    const path = folder.file(
      'record.npy',
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", zeros(4)),
    )
    expect(await usageErrorOf(() => readNpy(path))).toMatchObject({ what: 'a structured array (a record of fields)' })
  })

  it('a folder and a missing file', async () => {
    folder.file('present.npy', '')
    expect(await usageErrorOf(() => readNpy(folder.path))).toMatchObject({
      what: 'cannot read the file: is a folder, not a file',
    })
    expect(await usageErrorOf(() => readNpy(folder.file('presnet.npy')))).toEqual({
      what: 'cannot read the file: no such file',
      where: folder.file('presnet.npy'),
      nearest: folder.file('present.npy'),
    })
  })
})

describe('written files can be read back', () => {
  const stored: [StorageType, StorageType][] = [
    [f32, f32],
    [f16, f16],
    [bf16, f32],
    [f8e4m3, f32],
    [f8e5m2, f32],
    [i8, i8],
    [u8, u8],
    [i32, i32],
    [u32, u32],
    [i4, i8],
    [u3, u8],
  ]
  it.each(stored.map(([type, onDisk]) => [type.name, type, onDisk] as const))('%s', async (_, type, onDisk) => {
    const path = folder.file(`${type.name}.npy`)
    const shapes = fc.array(fc.nat({ max: 5 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(shapes, async shape => {
        const data = logicalValues(
          type,
          shape.reduce((product, extent) => product * extent, 1),
        )
        // Small integers are exact in every type.
        for (let i = 0; i < data.length; i++) data[i] = i % 4
        const tensor: Tensor = { type, shape, data }
        writeFileSync(path, Buffer.concat([...npyBytes(tensor)]))
        expect(await readNpy(path)).toEqual({ type: onDisk, shape, data })
      }),
      { numRuns: 25 },
    )
  })

  it('with NaN, infinities, negative zero and denormals', async () => {
    const data = Float32Array.of(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      2 ** -149,
      -(2 ** -24),
      65504,
    )
    for (const [type, expected] of [
      [f32, data],
      [f16, data.with(4, 0)],
    ] as const) {
      const path = folder.file('special.npy')
      writeFileSync(path, Buffer.concat([...npyBytes({ type, shape: [7], data })]))
      expect((await readNpy(path)).data).toEqual(expected)
    }
  })

  it('even if they exceed the size of a chunk', async () => {
    const data = Float32Array.from({ length: 3_000_001 }, (_, i) => i % 2048)
    for (const type of [f32, f16]) {
      const path = folder.file('large.npy')
      writeFileSync(path, Buffer.concat([...npyBytes({ type, shape: [data.length], data })]))
      const read = await readNpy(path)
      expect(read.data.every((value, i) => value === data[i])).toBe(true)
    }
  })
})

it('a file with arbitrary changes is read consistently or refused', async () => {
  const path = folder.file('mutated.npy')
  const valid = [npy(dict('<f4', '(2, 3)'), zeros(24)), npy(dict('|u1', '(2, 3)', 'True'), zeros(6), 2)]
  const edits = fc.array(
    fc.tuple(fc.nat({ max: 130 }), fc.constantFrom('set', 'insert', 'delete', 'cut'), fc.nat({ max: 255 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...valid), edits, async (file, changes) => {
      const bytes = [...file]
      for (const [at, edit, value] of changes) {
        if (edit === 'set') bytes[at % bytes.length] = value
        if (edit === 'insert') bytes.splice(at, 0, value)
        if (edit === 'delete') bytes.splice(at, 1)
        if (edit === 'cut') bytes.length = Math.max(1, Math.min(bytes.length, at))
      }
      folder.file('mutated.npy', Uint8Array.from(bytes))
      try {
        const { shape, data } = await readNpy(path)
        expect(data.length).toBe(shape.reduce((product, extent) => product * extent, 1))
      } catch (error) {
        expect(error).toBeInstanceOf(ArrayFileError)
      }
    }),
    { numRuns: 500 },
  )
})
