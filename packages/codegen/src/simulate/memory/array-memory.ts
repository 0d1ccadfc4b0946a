/** Global and shared arrays while they are simulated. */
import type { StorageType } from '@qernel/dsl'
import { codecOf, elementTypes, isNarrowFloat, rowByteLength } from '@qernel/dsl/internal'
import type { ElementType } from '../../program/device-program.ts'
import type { AccessHistory } from './access-history.ts'

export type MemoryView = Float32Array | Int32Array | Uint32Array | Uint16Array | Int8Array | Uint8Array

/** How an element of memory is read and written. Narrow floats are converted; a typed array handles all other types. */
interface ElementFormat {
  readonly bytes: number
  readonly view: (buffer: ArrayBuffer) => MemoryView
  readonly widen?: (stored: number) => number
  readonly narrow?: (value: number) => number
}

const views: Readonly<Record<StorageType['kind'], Readonly<Record<number, ElementFormat['view']>>>> = {
  float: {
    32: buffer => new Float32Array(buffer),
    16: buffer => new Uint16Array(buffer),
    8: buffer => new Uint8Array(buffer),
  },
  signed: { 32: buffer => new Int32Array(buffer), 8: buffer => new Int8Array(buffer) },
  unsigned: { 32: buffer => new Uint32Array(buffer), 8: buffer => new Uint8Array(buffer) },
}

const bools: ElementFormat = { bytes: 1, view: buffer => new Uint8Array(buffer) }

/** The format of an element. Elements narrower than a byte cannot be addressed, so they have none. */
export function elementFormat(storage: ElementType['storage']): ElementFormat {
  if (storage === 'bool') return bools
  const type = elementTypes[storage]
  const view = views[type.kind][type.bits]
  if (view === undefined) throw new Error(`no device addresses ${storage}`)
  if (!isNarrowFloat(type)) return { bytes: type.bits / 8, view }
  const { encode, decode } = codecOf(type)
  return { bytes: type.bits / 8, view, widen: decode, narrow: encode }
}

/** The tensor that a global array holds. */
export interface TensorLayout {
  readonly type: StorageType
  readonly shape: readonly number[]
  readonly rowAlignment: number
}

/** One array: its bytes, its written elements, and its accesses. */
export interface ArrayMemory {
  readonly name: string
  readonly memory: 'global' | 'shared'
  /** The declared scalar, the unit in which races and findings count. */
  readonly storage: ElementType['storage']
  /** Bytes of the elements and of the padding of rows. Bytes behind them are out of bounds. */
  readonly byteLength: number
  readonly buffer: ArrayBuffer
  /** One byte per declared scalar; absent if everything has a value from the start. */
  readonly written?: Uint8Array
  readonly layout?: TensorLayout
  /** Accesses to each declared scalar, created when the first one has to be remembered. */
  readers?: AccessHistory
  writers?: AccessHistory
  atomics?: AccessHistory
}

/** The number of declared scalars of an array. */
export const scalarCount = ({ byteLength, storage }: ArrayMemory): number => byteLength / elementFormat(storage).bytes

/** A declared scalar in the terms of the kernel's author, such as `q[3, 16…19]`. */
export function elementName({ name, storage, layout }: ArrayMemory, scalar: number): string {
  if (layout === undefined) return `${name}[${scalar}]`
  const { columns, row, first, last } = elementsOf(layout, scalar, elementFormat(storage).bytes)
  const outer: number[] = []
  let rest = row
  for (const extent of layout.shape.slice(0, -1).reverse()) {
    outer.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  if (first >= columns) return `the padding of ${name}[${[...outer, '…'].join(', ')}]`
  const along = layout.shape.length === 0 ? [] : [first === last ? `${first}` : `${first}…${last}`]
  return `${name}[${[...outer, ...along].join(', ')}]`
}

/** The elements of a row that lie in a declared scalar; there are none if `first` is not below `columns`. */
export function elementsOf(
  { type, shape, rowAlignment }: TensorLayout,
  scalar: number,
  bytes: number,
): { readonly columns: number; readonly row: number; readonly first: number; readonly last: number } {
  const columns = shape.at(-1) ?? 1
  const pitch = rowByteLength(type, columns, rowAlignment)
  const row = Math.floor((scalar * bytes) / pitch)
  const bit = (scalar * bytes - row * pitch) * 8
  const first = Math.floor(bit / type.bits)
  const last = Math.min(columns, Math.ceil((bit + bytes * 8) / type.bits)) - 1
  return { columns, row, first, last }
}
