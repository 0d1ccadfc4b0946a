/** Texts for arrays and their extents in the comments of generated files. */
import type { Extent } from '@qernel/dsl'
import type { ArrayParameter } from '../launch/compiled-kernel.ts'

/** `D`, `ceil(D / 32)`, `34 * ceil(D / 32)`, `D + 4` or `16`. */
export function readableExtent(extent: Extent, nameOf = (size: string): string => size): string {
  if (typeof extent === 'number') return String(extent)
  const size = nameOf(extent.size)
  const quotient = extent.dividedBy === 1 ? size : `ceil(${size} / ${extent.dividedBy})`
  const product = extent.times === undefined ? quotient : `${extent.times} * ${quotient}`
  return extent.plus === undefined ? product : `${product} + ${extent.plus}`
}

/** `input, f32 [T, D]`, followed by the padding of rows if there is any. */
export function arrayText(
  { role, type, shape, rowAlignment }: ArrayParameter,
  nameOf?: (size: string) => string,
): string {
  const dims = shape.map(extent => readableExtent(extent, nameOf))
  const padded = rowAlignment > 1 ? `, rows padded to ${rowAlignment} bytes` : ''
  return `${role === 'temporary' ? 'workspace' : role}, ${type.name} [${dims.join(', ')}]${padded}`
}
