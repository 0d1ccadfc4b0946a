/** Positions of aligned runs of neighboring elements. */
import type { Affine, Buffer } from '@qernel/dsl'
import { constantExtent } from '@qernel/schedule/internal'
import type { DeviceExpr } from '../../program/device-program.ts'
import { literal, product, quotient, sum } from '../../program/expressions.ts'
import type { Chunk } from '../chunk.ts'
import type { LoopValues } from '../loop-values.ts'

/** The position of an aligned run, counted in runs. */
export function widePosition(
  buffer: Buffer,
  index: readonly Affine[],
  lanes: number,
  { context, laneValues }: Chunk,
  first = 0,
): DeviceExpr {
  const values = laneValues[first] as LoopValues
  const { indices, nest } = context
  const last = indices.divided(index.at(-1) as Affine, values, lanes)
  const outer = index.slice(0, -1).map(a => indices.affine(a, values))
  const row = outer.reduce<DeviceExpr>(
    (r, s, i) => sum(i === 0 ? literal(0) : product(r, indices.extent(buffer.dims[i] as Buffer['dims'][number])), s),
    literal(0),
  )
  const dim = buffer.dims.at(-1) as Buffer['dims'][number]
  const known = constantExtent(nest, dim)
  const pitch = known === undefined ? quotient(indices.extent(dim), lanes) : literal(known / lanes)
  return sum(product(row, pitch), last)
}
