import type { MessageParts } from '@qernel/dsl/internal'
import { likelyMeant, roundUpTo } from '@qernel/dsl/internal'
import type { ArrayFile } from './array-file.ts'
import { ArrayFileError } from './array-file-error.ts'
import { type ElementFormat, elementFormats } from './element-format.ts'
import { type PythonLiteral, PythonSyntaxError, parsePythonLiteral } from './python-literal.ts'
import { exactElementCount } from './read-elements.ts'
import { shapeText } from './selection.ts'

/**
 * The .npy format, as NumPy's `numpy.lib.format` defines it: the magic, two version bytes, the length of the header
 * (2 bytes in version 1, 4 bytes after), the header (a Python dict; Latin-1, UTF-8 in version 3), the data.
 */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** A header of an array of numbers takes 128 bytes. NumPy itself refuses more than 10,000. */
const MAX_HEADER_BYTES = 65_536

export interface NpyHeader {
  readonly format: ElementFormat
  readonly shape: readonly number[]
  /** The data lies column after column: the first axis is the contiguous one. */
  readonly fortranOrder: boolean
  /** Offset of the data in the file, bytes. */
  readonly offset: number
}

const npyTypes = elementFormats.flatMap(format => (format.npy === undefined ? [] : [format.npy]))

/**
 * Reads and checks the header, and that the data fill the rest of the file exactly.
 * @throws ArrayFileError for a header that is truncated, malformed, or contradicts the file
 */
export async function readNpyHeader(file: ArrayFile): Promise<NpyHeader> {
  const fail = (what: string, parts: Omit<MessageParts, 'what' | 'where'> = {}): never => {
    throw new ArrayFileError({ what: `not a valid .npy file: ${what}`, where: file.path, ...parts })
  }

  if (file.size === 0) return fail('the file is empty')
  const start = await file.read(0, Math.min(12, file.size))
  if (!MAGIC.every((byte, index) => start[index] === byte)) {
    if (file.size < MAGIC.length) return fail(`the file is only ${count(file.size, 'byte')} long`)
    const isZip = start[0] === 0x50 && start[1] === 0x4b
    return fail('it does not begin with \\x93NUMPY', {
      hint: isZip
        ? 'this is a .npz archive: unpack it, or save one array with numpy.save'
        : 'write one in Python with numpy.save(FILE, array)',
    })
  }
  const [major = 0, minor = 0] = start.subarray(6, 8)
  const lengthBytes = major === 1 ? 2 : 4
  const headerAt = 8 + lengthBytes
  if (file.size < headerAt) return fail(`the file ends within the first ${headerAt} bytes`)
  if (major < 1 || major > 3 || minor !== 0) {
    return fail(`format version ${major}.${minor}`, { allowed: ['1.0', '2.0', '3.0'] })
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > file.size - headerAt) {
    return fail(`the header claims ${count(length, 'byte')}, only ${file.size - headerAt} follow`)
  }
  if (length > MAX_HEADER_BYTES) {
    return fail(`the header claims ${count(length, 'byte')}`, { allowed: `at most ${MAX_HEADER_BYTES}` })
  }
  const text = decodeHeader(await file.read(headerAt, length), major) ?? fail('the header is not UTF-8')
  const offset = headerAt + length
  const fields = parseFields(text, fail)
  const shape = checkShape(fields.get('shape'), fail)
  const fortranOrder = fields.get('fortran_order')
  if (typeof fortranOrder !== 'boolean')
    return fail('fortran_order is neither True nor False', { allowed: ['True', 'False'] })
  const format = findFormat(fields.get('descr'), file.path)

  const claimed = exactElementCount(shape) * format.bytes
  const present = file.size - offset
  if (claimed !== present) {
    return fail(
      `shape ${shapeText(shape)} of ${format.npy} takes ${Number.isFinite(claimed) ? claimed : 'more than 2^53'} bytes, ` +
        `${present} follow the header`,
    )
  }
  return { format, shape, fortranOrder, offset }
}

type Fail = (what: string, parts?: Omit<MessageParts, 'what' | 'where'>) => never

const count = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? '' : 's'}`

function decodeHeader(bytes: Uint8Array, major: number): string | undefined {
  // The encoding that the WHATWG calls latin1 is windows-1252; both agree on everything that a header may hold.
  if (major < 3) return new TextDecoder('latin1').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const keys = ['descr', 'fortran_order', 'shape']

function parseFields(text: string, fail: Fail): ReadonlyMap<string, PythonLiteral> {
  let header: PythonLiteral
  try {
    header = parsePythonLiteral(text)
  } catch (error) {
    if (error instanceof PythonSyntaxError) return fail(`the header is not a Python literal: ${error.message}`)
    throw error
  }
  if (!(header instanceof Map)) return fail('the header is not a dict')
  const fields: ReadonlyMap<string, PythonLiteral> = header
  for (const key of keys) if (!fields.has(key)) fail(`the header has no '${key}'`, { allowed: keys })
  for (const key of fields.keys())
    if (!keys.includes(key)) fail(`the header has an extra key '${key}'`, { allowed: keys })
  return fields
}

function checkShape(shape: PythonLiteral | undefined, fail: Fail): number[] {
  if (!Array.isArray(shape)) return fail('the shape is not a tuple')
  return shape.map((extent: PythonLiteral) => {
    if (typeof extent !== 'number' || extent < 0 || !Number.isSafeInteger(extent)) {
      return fail('an extent of the shape is not a whole number from 0 to 2^53')
    }
    return extent
  })
}

/** How to convert element types that NumPy often writes and no kernel accepts. */
const conversions: Readonly<Record<string, readonly [type: string, how: string]>> = {
  f8: ['<f4', "array.astype('<f4')"],
  i8: ['<i4', "array.astype('<i4')"],
  u8: ['<u4', "array.astype('<u4')"],
  i2: ['<i4', "array.astype('<i4')"],
  u2: ['<u4', "array.astype('<u4')"],
  b1: ['|u1', "array.astype('|u1')"],
}

/** The `descr` that NumPy writes for types without a name. */
const nameless: Readonly<Record<string, string>> = {
  V2: 'if these are bfloat16 values: save them as .safetensors, which has a name for the type',
  V1: "if these are 8-bit floats: save them as .safetensors, which has names for the types, or their bits: numpy.save(FILE, array.view('|u1'))",
}

function findFormat(descr: PythonLiteral | undefined, where: string): ElementFormat {
  if (typeof descr !== 'string') {
    throw new ArrayFileError({ what: 'a structured array (a record of fields)', where, allowed: npyTypes })
  }
  const order = /^[<>=|]/.test(descr) ? descr.charAt(0) : ''
  const code = descr.slice(order.length)
  const format = elementFormats.find(each => each.npy?.slice(1) === code)
  if (format?.npy !== undefined && (order !== '>' || format.bytes === 1)) return format
  if (format?.npy !== undefined) {
    throw new ArrayFileError({
      what: `big-endian elements, '${descr}'`,
      where,
      allowed: npyTypes,
      nearest: format.npy,
      hint: `in Python: numpy.save(FILE, array.astype('${format.npy}'))`,
    })
  }
  const conversion = Object.hasOwn(conversions, code) ? conversions[code] : undefined
  const meant = conversion?.[0] ?? likelyMeant(descr, npyTypes)
  const hint = nameless[code] ?? (conversion && `in Python: numpy.save(FILE, ${conversion[1]})`)
  throw new ArrayFileError({
    what: `unknown element type '${descr}'`,
    where,
    allowed: npyTypes,
    ...(meant === undefined ? {} : { nearest: meant }),
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The bytes before the data, version 1.0, padded so that the data begin at a multiple of 64 as NumPy's own files do. */
export function npyHeaderBytes(descr: string, shape: readonly number[]): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`
  const total = roundUpTo(10 + dict.length + 1, 64)
  const bytes = new Uint8Array(total).fill(0x20)
  bytes.set(MAGIC)
  bytes.set([1, 0], 6)
  new DataView(bytes.buffer).setUint16(8, total - 10, true)
  bytes.set(new TextEncoder().encode(dict), 10)
  bytes[total - 1] = 0x0a
  return bytes
}
