/** The indices that an expression of a random kernel may use where it stands, and the tensors that fit them. */
import type { Groups, Index, SizeHandle, StorageType, TensorHandle } from '@qernel/dsl'

/** The compute types, except booleans. */
export type Numeric = 'f32' | 'i32' | 'u32'

/** One dimension of a tensor. */
export type Dim = SizeHandle | Groups | Groups['count'] | number

/** The name of the axis of a dimension: `T`, `D/8`, `6`. Dimensions with the same axis have the same length. */
export function axisOf(dim: Dim): string {
  if (typeof dim === 'number') return String(dim)
  if (dim.kind === 'size') return dim.size.name
  return dim.kind === 'groups' ? dim.of.name : dim.name
}

/** An index, and the axis that it walks. */
export interface Walk {
  readonly axis: string
  readonly index: Index
  /** The length of the axis, where it is constant. */
  readonly length?: number
}

export interface Readable {
  readonly load: TensorHandle
  readonly type: StorageType
  readonly dims: readonly Dim[]
}

export interface Scope {
  readonly walks: readonly Walk[]
  readonly tensors: readonly Readable[]
  /** Sizes of the kernel, with the groups that they are cut into. */
  readonly axes: readonly { readonly size: SizeHandle; readonly groups: Groups | undefined }[]
  /** How many more reductions may be nested. */
  readonly reductions: number
}

/** The indices that one dimension provides: its own, and that of its group. */
export function walksOf(dim: Dim, index: Index): Walk[] {
  if (typeof dim === 'number') return [{ axis: axisOf(dim), index, length: dim }]
  const own = { axis: axisOf(dim), index }
  return dim.kind === 'groups' ? [own, { axis: axisOf(dim.count), index: index.group }] : [own]
}

export const inside = (scope: Scope, walks: readonly Walk[], change: Partial<Scope> = {}): Scope => ({
  ...scope,
  walks: [...scope.walks, ...walks],
  ...change,
})
