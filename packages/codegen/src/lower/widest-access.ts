import type { WidestAccess } from '@qernel/schedule/internal'
import type { Target } from '../compile/target.ts'
import type { LoweredKernel } from '../program/lowered-kernel.ts'

/**
 * The most bytes that one access moves. If array elements are declared with the type of their accesses (WGSL), it moves one declared element; in
 * CUDA, pointers can be cast to vectors of 16 bytes.
 *
 * @param lowered undefined for a schedule that cannot run yet
 */
export function widestAccess(lowered: LoweredKernel | undefined, target: Target): WidestAccess {
  if (lowered === undefined || !target.vectorArithmetic) return () => 16
  const lanes = new Map(lowered.program.arrays.map(({ name, element }) => [name, element.lanes]))
  return buffer => (lanes.get(buffer.name) ?? 4) * 4
}
