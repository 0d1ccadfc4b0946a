/**
 * Records: rows of bytes that mix types, such as llama.cpp's blocks of one f16 scale and 32 codes. A record is an array
 * of u8 and each field a separate stage, so that schedules see ordinary stores and the usual rules for owners of words
 * apply.
 */
import * as affine from '../ir/affine.ts'
import type { Affine, Axis, Buffer, Extent, Guard, Stage } from '../ir/ir.ts'
import { type StorageType, u8 } from '../ir/types.ts'
import { type DimensionHandle, extentOf, openDimension, type Several, type SizeHandle } from './axes.ts'
import { storedNumber } from './constant.ts'
import { DefinitionError, here } from './definition-error.ts'
import { checkName, namedAxes } from './names.ts'
import { Index, isStored, type Operand, Value } from './value.ts'

/** A field of a record: one element, or `length` of them. */
export interface FieldLayout {
  readonly type: StorageType
  readonly length?: FieldLength
}

/** A number of elements, or one with the name of its axis: `{ e: 32 }`. */
export type FieldLength = number | SizeHandle | Readonly<Record<string, number | SizeHandle>>

/** A field with its value: `value` takes the indices of the record, then that of the element if there are several. */
export interface Field extends FieldLayout {
  readonly value: (...index: Index[]) => Operand
}

/** A field of one element. Only types of whole bytes are allowed: for a byte of two codes, the author joins two integers into a u8. */
export function field(type: StorageType, value: (...index: Index[]) => Operand): Field
/** A field of `length` elements. */
export function field(type: StorageType, length: FieldLength, value: (...index: Index[]) => Operand): Field
export function field(
  type: StorageType,
  length: FieldLength | Field['value'],
  value?: (...index: Index[]) => Operand,
): Field {
  if (typeof length === 'function') return { type, value: length }
  return { type, length, value: value as Field['value'] }
}

/** The fields of a record, each called with the indices of the record and of its element. */
export type RecordHandle<Fields> = {
  readonly [Name in keyof Fields]: (...index: readonly (Index | number)[]) => Value
}

interface PlacedField {
  readonly type: StorageType
  readonly length: number | SizeHandle | undefined
  /** The name that the author gave to the axis of its elements. */
  readonly axis: string | undefined
  readonly at: number
}

/** The byte offsets of the fields of a record. */
interface Layout {
  readonly fields: ReadonlyMap<string, PlacedField>
  /** Bytes of one record. */
  readonly bytes: Extent
  /** Dimensions that are rows of the array; the records of the others lie in the row, one after another. */
  readonly outer: readonly DimensionHandle[]
  readonly inner: readonly DimensionHandle[]
  readonly row: Extent
}

function lengthOf(declared: FieldLength | undefined): { length: number | SizeHandle | undefined; axis?: string } {
  if (typeof declared !== 'object' || isSize(declared)) return { length: declared }
  const [[axis, length] = [], ...more] = Object.entries(declared)
  if (axis === undefined || more.length > 0)
    throw new DefinitionError(`${here()}: the elements of a field must lie along one axis, such as { e: 32 }`)
  checkName('index', axis)
  return { length, axis }
}

const isSize = (length: FieldLength): length is SizeHandle =>
  typeof length === 'object' && (length as { kind?: unknown }).kind === 'size'

const product = (extents: readonly number[]): number => extents.reduce((n, extent) => n * extent, 1)

/**
 * Fields lie one after another, without padding. Constant dimensions at the end belong to the row: [T, D/64, 2] records
 * of 34 bytes are rows of 68 bytes. The last dimension also belongs to the row if a record does not fill whole words:
 * [T, D/32] records of 34 bytes are rows of 34 · D/32 bytes, exactly the bytes of a file.
 */
function layOut(given: Several<DimensionHandle>, fields: Readonly<Record<string, FieldLayout>>): Layout {
  const dims = Object.values<DimensionHandle>(given)
  const placed = new Map<string, PlacedField>()
  let at = 0
  let rest: { size: string; dividedBy: number } | undefined
  for (const [name, { type, length: declared }] of Object.entries(fields)) {
    checkName('field', name)
    const { length, axis } = lengthOf(declared)
    if (type.bits % 8 !== 0)
      throw new DefinitionError(
        `${here()}: field ${name} is ${type.name}, which does not fill whole bytes; pack its codes into a u8, as low + ${2 ** type.bits}·high`,
      )
    if (rest !== undefined)
      throw new DefinitionError(
        `${here()}: field ${name} follows a field whose length is a size; such a field must be the last`,
      )
    placed.set(name, { type, length, axis, at })
    if (typeof length === 'object') {
      if (type.bits !== 8)
        throw new DefinitionError(
          `${here()}: field ${name} has ${length.size.name} elements of ${type.name}; only a field of bytes can be as long as a size`,
        )
      rest = { size: length.size.name, dividedBy: 1 }
    } else at += (type.bits / 8) * (length ?? 1)
  }
  if (placed.size === 0) throw new DefinitionError(`${here()}: a record needs at least one field`)
  const constant = dims.findLastIndex(dim => typeof dim !== 'number') + 1
  const perRow = product(dims.slice(constant) as number[])
  if (rest !== undefined && constant < dims.length)
    throw new DefinitionError(`${here()}: a record whose length is a size cannot end in constant dimensions`)
  if (rest !== undefined && at % 4 !== 0)
    throw new DefinitionError(
      `${here()}: ${at} bytes precede the field of size ${rest.size}; their number must be a multiple of 4`,
    )
  const bytes: Extent = rest === undefined ? at : { ...rest, plus: at }
  const whole: Extent = typeof bytes === 'number' ? bytes * perRow : bytes
  const last = dims[constant - 1]
  if (typeof whole !== 'number' || whole % 4 === 0 || last === undefined)
    return { fields: placed, bytes, outer: dims.slice(0, constant), inner: dims.slice(constant), row: whole }
  const row = { ...(extentOf(last) as Exclude<Extent, number>), times: whole }
  return { fields: placed, bytes, outer: dims.slice(0, constant - 1), inner: dims.slice(constant - 1), row }
}

export function recordBuffer(
  name: string,
  role: 'input' | 'output',
  dims: Several<DimensionHandle>,
  fields: Readonly<Record<string, FieldLayout>>,
): Buffer {
  const { outer, row } = layOut(dims, fields)
  return { name, memory: 'global', role, type: u8, dims: [...outer.map(extentOf), row] }
}

/** One stage per field: each of its bytes is one element of the array. */
export function recordStages(
  tensor: string,
  dims: Several<DimensionHandle>,
  fields: Readonly<Record<string, Field>>,
): Stage[] {
  const layout = layOut(dims, fields)
  return [...layout.fields].map(([name, { type, length, axis, at }]): Stage => {
    const { value } = fields[name] as Field
    const axes: Axis[] = []
    const where: Guard[] = []
    const keys = Array.isArray(dims) ? [] : Object.keys(dims)
    const all = [...Object.values<DimensionHandle>(dims), ...(length === undefined ? [] : [length])]
    const opened = namedAxes(all, value, 'i').map((one, i) =>
      openDimension(one.axis, keys[i] ?? (i === all.length - 1 && axis ? axis : one.name), axes, where),
    )
    const bytes = type.bits / 8
    const byte = bytes === 1 ? undefined : openDimension(bytes, 'byte', axes, where)
    const index = positionOf(layout, opened, { length, at, bytes }, byte)
    return { name: `${tensor}_${name}`, tensor, axes, where, index, value: byteOf(value(...opened), type, byte) }
  })
}

/** The subscripts of one byte. */
function positionOf(
  { outer, inner, bytes: recordBytes }: Layout,
  index: readonly Index[],
  {
    length,
    at,
    bytes,
  }: { readonly length: number | SizeHandle | undefined; readonly at: number; readonly bytes: number },
  byte: Index | undefined,
): Affine[] {
  const rows = index.slice(0, outer.length).map(i => i.affine)
  let record = affine.constant(0)
  for (const [i, dim] of inner.entries())
    record = affine.add(
      affine.scale(record, typeof dim === 'number' ? dim : 1),
      (index[outer.length + i] as Index).affine,
    )
  let last = affine.add(affine.scale(record, typeof recordBytes === 'number' ? recordBytes : 0), affine.constant(at))
  if (length !== undefined) last = affine.add(last, affine.scale((index.at(-1) as Index).affine, bytes))
  return [...rows, byte === undefined ? last : affine.add(last, byte.affine)]
}

/** One byte of an element as it is stored. */
function byteOf(result: Operand, type: StorageType, byte: Index | undefined): Value['expr'] {
  const value = typeof result === 'number' ? new Value(storedNumber(result, type)) : result
  if (!(value instanceof Value) || value.type === 'bool')
    throw new DefinitionError(`${here()}: a field of ${type.name} needs a value of type ${type.compute}`)
  const bits =
    type.kind === 'float'
      ? value.floatBits(type)
      : (isStored(value, type) ? value : value.saturate(type)).bitcast('u32')
  const own = byte === undefined ? bits : bits.shiftRight(byte.value().bitcast('u32').mul(8))
  return own.wrap(u8).expr
}

/** Reads the fields of a record by joining their bytes. */
export function recordHandle<Fields extends Readonly<Record<string, FieldLayout>>>(
  buffer: Buffer,
  dims: Several<DimensionHandle>,
  fields: Fields,
): RecordHandle<Fields> {
  const layout = layOut(dims, fields)
  const readers = [...layout.fields].map(([name, { type, length, at }]) => {
    const rank = Object.keys(dims).length + (length === undefined ? 0 : 1)
    const read = (...given: readonly (Index | number)[]): Value => {
      if (given.length !== rank)
        throw new DefinitionError(
          `${here()}: ${buffer.name}.${name} takes ${rank} indices but is called with ${given.length}`,
        )
      const index = given.map(i => (i instanceof Index ? i : new Index(affine.constant(i))))
      const bytes = type.bits / 8
      const loaded = Array.from({ length: bytes }, (_, byte) => {
        const subscripts = positionOf(layout, index, { length, at, bytes }, new Index(affine.constant(byte)))
        const load = new Value({ kind: 'load', type: u8.compute, buffer: buffer.name, index: subscripts })
        return byte === 0 ? load : load.shiftLeft(8 * byte)
      })
      const bits = loaded.reduce((low, high) => low.or(high))
      if (type.kind === 'float') return bits.bitsFloat(type)
      return type.bits === 32 ? bits.bitcast(type.compute) : type === u8 ? bits : bits.wrap(type)
    }
    return [name, read] as const
  })
  return Object.fromEntries(readers) as RecordHandle<Fields>
}
