/** What an expression of a random kernel may refer to at its place: indices, and tensors that fit them. */
import type { Groups, Index, SizeHandle, StorageType, TensorHandle } from '@qernel/dsl'

/** The types that are computed with, except for booleans. */
export type Numeric = 'f32' | 'i32' | 'u32'

/** One dimension of a tensor. */
export type Dim = SizeHandle | Groups | Groups['count'] | number

/** The axis that a dimension is, by name: `T`, `D/8`, `6`. Dimensions of one axis have one length. */
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
  /** How many reductions may still stand inside each other. */
  readonly reductions: number
}

/** The indices that one dimension opens: its own, and that of its group. */
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
