import type { MessageParts } from '@qernel/dsl/internal'
import * as v from 'valibot'
import type { ArrayFile } from './array-file.ts'
import { ArrayFileError } from './array-file-error.ts'
import { duplicateKey } from './duplicate-key.ts'
import { exactElementCount } from './read-elements.ts'
import { shapeText } from './selection.ts'

/**
 * The .safetensors format, as huggingface/safetensors defines it: the length of the header (u64), the header (a JSON
 * object, UTF-8), the data of all tensors, which fill the rest of the file without holes or overlaps.
 */
const LENGTH_BYTES = 8
/** The reference reader's own limit. */
const MAX_HEADER_BYTES = 100_000_000

/** One tensor as its header describes it. The bytes are known to lie in the file and to fit the shape. */
export interface SafetensorsEntry {
  readonly name: string
  /** As written; it may be a type that no kernel accepts. */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Offset in the file, bytes. */
  readonly offset: number
  readonly byteLength: number
}

/** Bits per element of every type of the format. `elementFormats` holds those that kernels accept. */
const elementBits: Readonly<Record<string, number>> = {
  ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6, BOOL: 8, U8: 8, I8: 8, F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64, C64: 64 },
}

type Fail = (what: string, parts?: Omit<MessageParts, 'what'>) => never

/**
 * Reads and checks the whole header. Entries are in the order of their data.
 * @throws ArrayFileError for a header that is truncated, malformed, or contradicts the file
 */
export async function readSafetensorsHeader(file: ArrayFile): Promise<SafetensorsEntry[]> {
  const fail: Fail = (what, parts = {}) => {
    throw new ArrayFileError({ what: `not a valid .safetensors file: ${what}`, where: file.path, ...parts })
  }
  if (file.size === 0) return fail('the file is empty')
  if (file.size < LENGTH_BYTES) return fail(`the file ends within its first ${LENGTH_BYTES} bytes`)
  const start = await file.read(0, LENGTH_BYTES)
  const claimed = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true)
  const available = file.size - LENGTH_BYTES
  if (claimed > BigInt(available)) return fail(`the header claims ${claimed} bytes, only ${available} follow`)
  const length = Number(claimed)
  if (length > MAX_HEADER_BYTES)
    return fail(`the header claims ${length} bytes`, { allowed: `at most ${MAX_HEADER_BYTES}` })
  const header = parseHeader(await file.readCopy(LENGTH_BYTES, length), fail)

  const dataAt = LENGTH_BYTES + length
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => checkEntry(name, entry, dataAt, file, fail))
    .sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength)
  checkCoverage(entries, dataAt, file.size, fail)
  return entries
}

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return fail('the header is not UTF-8')
  }
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (error) {
    return fail(`the header is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(header)) return fail('the header is not a JSON object')
  const duplicate = duplicateKey(text)
  if (duplicate !== undefined) return fail(`the header has the key '${duplicate}' twice`)
  return header
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  v.is(v.looseObject({}), value) && !Array.isArray(value)

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const members = {
  dtype: v.string(),
  shape: v.array(count),
  data_offsets: v.strictTuple([count, count]),
}
/** The messages about a member that is missing or malformed. */
const problems: Readonly<Record<string, readonly [what: string, parts?: Pick<MessageParts, 'allowed'>]>> = {
  dtype: ['dtype is not a string', { allowed: Object.keys(elementBits) }],
  shape: ['shape is not a list of whole numbers from 0 to 2^53'],
  data_offsets: ['data_offsets is not a pair of whole numbers [begin, end]'],
}

function checkEntry(name: string, entry: unknown, dataAt: number, file: ArrayFile, fail: Fail): SafetensorsEntry {
  const failHere: Fail = (what, parts = {}) => fail(what, { where: `${file.path}, tensor '${name}'`, ...parts })
  if (!isObject(entry)) return failHere('its entry is not a JSON object')
  const { success, output, issues } = v.safeParse(v.object(members), entry)
  if (!success) return failHere(...(problems[String(issues[0].path?.[0].key)] ?? [issues[0].message]))
  const { dtype, shape, data_offsets: offsets } = output
  const [begin, end] = offsets
  const available = file.size - dataAt
  if (begin > end) return failHere(`data_offsets [${begin}, ${end}] run backwards`)
  if (end > available) {
    return failHere(`data_offsets [${begin}, ${end}] end past the data`, { allowed: `0 to ${available}` })
  }
  // A type newer than this reader cannot be checked; reading that tensor fails.
  const bits = Object.hasOwn(elementBits, dtype) ? elementBits[dtype] : undefined
  if (bits !== undefined && exactElementCount(shape) * bits !== (end - begin) * 8) {
    const takes = (exactElementCount(shape) * bits) / 8
    return failHere(
      `shape ${shapeText(shape)} of ${dtype} takes ${Number.isFinite(takes) ? takes : 'more than 2^53'} bytes, ` +
        `data_offsets [${begin}, ${end}] hold ${end - begin}`,
    )
  }
  return { name, dtype, shape, offset: dataAt + begin, byteLength: end - begin }
}

/** Every byte after the header belongs to exactly one tensor. */
function checkCoverage(entries: readonly SafetensorsEntry[], dataAt: number, size: number, fail: Fail): void {
  let covered = dataAt
  let last = ''
  for (const { name, offset, byteLength } of entries) {
    if (offset < covered) fail(`the tensors '${last}' and '${name}' overlap`)
    if (offset > covered) fail(`bytes ${covered - dataAt} to ${offset - dataAt} of the data belong to no tensor`)
    covered = offset + byteLength
    last = name
  }
  if (covered !== size) fail(`bytes ${covered - dataAt} to ${size - dataAt} of the data belong to no tensor`)
}
