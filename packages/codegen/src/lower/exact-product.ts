/** Whether a product of floats needs no rounding, from the types of its factors alone. */
import type { Buffer, Expr, StorageType } from '@qernel/dsl'
import { factorsOf } from '@qernel/dsl/internal'

/** The bits of a float of binary32. */
const precision = 24

/**
 * Elements of f16 (11 bits, from 2^-24 to below 2^16), of 8-bit floats, and codes of at most 8 bits: their products fit the precision and the
 * exponents of binary32. Infinities and NaN give what a fused operation gives.
 */
export function isExactProduct(product: Expr, buffers: ReadonlyMap<string, Buffer>): boolean {
  const [a, b] = factorsOf(product).map(factor => bitsOf(factor, buffers)) as [number, number]
  return a + b <= precision
}

/** The significant bits of every value of an expression; infinite if they are unknown or the exponents may be extreme. */
function bitsOf(e: Expr, buffers: ReadonlyMap<string, Buffer>): number {
  if (e.kind === 'op' && e.op === 'toF32') return bitsOf(e.args[0] as Expr, buffers)
  const buffer = e.kind === 'load' ? buffers.get(e.buffer) : undefined
  const type =
    buffer !== undefined ? (buffer.holds ?? buffer.type) : e.kind === 'op' && isNarrowing(e) ? e.to : undefined
  return type === undefined ? Number.POSITIVE_INFINITY : bitsOfType(type)
}

const isNarrowing = (e: Expr & { kind: 'op' }): boolean => e.op === 'narrow' || e.op === 'saturate' || e.op === 'wrap'

function bitsOfType({ kind, bits, float }: StorageType): number {
  if (kind !== 'float') return bits <= 8 ? bits : Number.POSITIVE_INFINITY
  return float !== undefined && float.exponentBits <= 5 ? float.mantissaBits + 1 : Number.POSITIVE_INFINITY
}
