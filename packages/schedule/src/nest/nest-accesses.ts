/** The accesses of the statements of a nest. */
import { type Buffer, type Expr, isAffine, type Loop, type LoopId, loadsOf, type Nest } from '@qernel/dsl'
import { affinesOf, flatMap } from '@qernel/dsl/internal'
import { type Leaf, leavesOf } from './statements.ts'

/** One access in the text of the nest. */
export interface NestAccess {
  readonly buffer: Buffer
  readonly kind: 'load' | 'store' | 'update'
  /** Undefined if a subscript is computed. */
  readonly index: Leaf['index'] | undefined
  /** The loops that its position depends on. */
  readonly loops: ReadonlySet<LoopId>
  readonly leaf: Leaf
  /** The loops around the statement, outermost first. */
  readonly around: readonly Loop[]
  /** Position of the dispatch that it belongs to. */
  readonly dispatch: number
}

/** Every access to buffers of one memory, in the order of the statements; a load that appears twice in a statement counts once. */
export function accessesOf(nest: Nest, memory: Buffer['memory']): NestAccess[] {
  return flatMap(nest.body, (statement, dispatch) =>
    flatMap(leavesOf([statement]), ({ leaf, around }) => {
      const found = new Map<string, NestAccess>()
      const add = (name: string, kind: NestAccess['kind'], index: NestAccess['index'], from: Leaf['index']) => {
        const buffer = nest.buffers.get(name)
        if (buffer?.memory !== memory) return
        const key = `${kind} ${name} ${from.map(a => [a.constant, ...a.terms].join()).join(';')}`
        const loops = new Set(flatMap(from, a => [...a.terms.keys()]))
        found.set(key, { buffer, kind, index, loops, leaf, around, dispatch })
      }
      for (const load of loadsOf(leaf.value)) {
        const place = load.index.every(isAffine) ? load.index : undefined
        add(load.buffer, 'load', place, place ?? subscriptsOf(load))
      }
      add(leaf.buffer, leaf.kind, leaf.index, leaf.index)
      return [...found.values()]
    }),
  )
}

/** Every affine index that the position of a gather depends on. */
const subscriptsOf = (load: Expr & { readonly kind: 'load' }): Leaf['index'] => affinesOf(load)
