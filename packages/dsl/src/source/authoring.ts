/** What the function of a kernel is given, as authors see it. */
import type { SizeFact } from '../ir/ir.ts'
import type { StorageType } from '../ir/types.ts'
import type { Dimension, Indices, Several, Size } from './axes.ts'

/** A tensor: called with one index per dimension, it gives the element. */
export type TensorOf<Dimensions> = (...index: Indices<Dimensions>) => number
/** The value of one element. */
type ValueOf<Dimensions> = (...index: Indices<Dimensions>) => number

/** The layout of a field of a record: one element, or `length` of them. */
export interface FieldLayout {
  readonly type: StorageType
  readonly length?: FieldLength
}
/** A number of elements, or one with the name of its axis: `{ e: 32 }`. */
export type FieldLength = number | Readonly<Record<string, number>>
/** A field with its value: `value` takes the indices of the record, then that of the element if there are several. */
export interface Field extends FieldLayout {
  readonly value: (...index: number[]) => number
}
/** The fields of a record, each called with the indices of the record and of its element. */
export type RecordOf<Fields> = { readonly [Name in keyof Fields]: (...index: readonly number[]) => number }

/** A field of one element, `field(f16, (t, b) => …)`. Only types of whole bytes are allowed. */
export function field(type: StorageType, value: Field['value']): Field
/** A field of several elements, `field(i8, { e: 32 }, (t, b, e) => …)`. */
export function field(type: StorageType, length: FieldLength, value: Field['value']): Field
export function field(type: StorageType, length: FieldLength | Field['value'], value?: Field['value']): Field {
  return typeof length === 'function' ? { type, value: length } : { type, length, value: value as Field['value'] }
}

/** What the function of a kernel is given: it declares sizes, inputs, outputs, temporaries and records. */
export interface KernelBuilder {
  /** Declares a size with the facts that hold at every launch, e.g. `size('D', { multipleOf: 32 })`. */
  size(name: string, facts?: SizeFact): Size
  /** An array that the caller gives. */
  input<const Dimensions extends readonly Dimension[]>(
    name: string,
    type: StorageType,
    dims: Dimensions,
  ): TensorOf<Dimensions>
  /** A stage whose tensor the caller receives; `value` gives the element at the indices. */
  output<const Dimensions extends Several<Dimension>>(
    name: string,
    type: StorageType,
    dims: Dimensions,
    value: ValueOf<Dimensions>,
  ): TensorOf<Dimensions>
  /** A stage whose tensor is read only by later stages. */
  temporary<const Dimensions extends Several<Dimension>>(
    name: string,
    type: StorageType,
    dims: Dimensions,
    value: ValueOf<Dimensions>,
  ): TensorOf<Dimensions>
  /** An array of records, stored as u8 with the fields one after another. */
  outputRecord<Fields extends Readonly<Record<string, Field>>>(
    name: string,
    dims: Several<Dimension>,
    fields: Fields,
  ): RecordOf<Fields>
  /** An input array of records: `inputRecord('blocks', dims, { d: { type: f16 }, q: { type: i8, length: 32 } })`. */
  inputRecord<Fields extends Readonly<Record<string, FieldLayout>>>(
    name: string,
    dims: Several<Dimension>,
    fields: Fields,
  ): RecordOf<Fields>
}
