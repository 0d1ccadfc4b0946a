/** Lowering splits a leaf into chunks of at most 4 lanes; this is the state of one chunk. */
import type { Affine, Buffer, Loop } from '@qernel/dsl'
import type { Leaf } from '@qernel/schedule'
import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'
import { literal, product, sum, variable } from '../program/expressions.ts'
import type { FunctionContext } from './function-context.ts'
import type { LeafShape } from './leaf-shape.ts'
import type { LoopValues } from './loop-values.ts'

/** The lanes that one chunk of a leaf computes, and the list that its statements are added to. */
export interface Chunk {
  readonly context: FunctionContext
  readonly leaf: Leaf
  readonly shape: LeafShape
  /** The loops of the shape. */
  readonly around: readonly Loop[]
  readonly lanes: 1 | 2 | 4
  /** Loop values of each lane. */
  readonly laneValues: readonly LoopValues[]
  /** The test whether a lane is inside; undefined if it always is. The test of lane 0 stands around the leaf. */
  readonly masks: readonly (DeviceExpr | undefined)[]
  readonly statements: DeviceStatement[]
  /** Names of the runs of words that the statement has loaded, by place. */
  readonly runs: Map<string, string>
  /** The loads of each masked lane, which its test will guard. */
  readonly masked: Map<number, DeviceStatement[]>
}

export const walksVector = (a: Affine, around: readonly Loop[]): boolean =>
  around.some(l => l.mode === 'vector' && a.terms.has(l.id))

/** The flat row number of row-major subscripts: all dimensions except the last. */
export function rowOf(buffer: Buffer, subscripts: readonly DeviceExpr[], { context }: Chunk): DeviceExpr {
  return subscripts
    .slice(0, -1)
    .reduce<DeviceExpr>(
      (row, s, i) =>
        sum(i === 0 ? literal(0) : product(row, context.indices.extent(buffer.dims[i] as Buffer['dims'][number])), s),
      literal(0),
    )
}

export function bindValue(value: DeviceExpr, { context, statements }: Chunk): DeviceExpr {
  const name = context.namer.fresh('value')
  statements.push({ kind: 'let', name, value })
  return variable(name, value.type)
}

/** Writes the loads that masked lanes collected, one test per lane. */
export function flushMasked({ masked, masks, statements }: Chunk): void {
  for (const [lane, body] of [...masked].sort(([a], [b]) => a - b)) {
    const mask = masks[lane]
    statements.push(...(mask === undefined ? body : [{ kind: 'if' as const, condition: mask, body }]))
  }
  masked.clear()
}
