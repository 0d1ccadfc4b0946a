import type { DeviceExpr } from './device-program.ts'
import { f32Type, u32Type } from './device-type.ts'
import { literal, op } from './expressions.ts'
import { floatBits } from './float-bits.ts'

/**
 * Whether a literal is safe for a binary32 value on every target. WGSL has no literals for NaN and infinities, and compilers may read `-0.0` and
 * denormals as 0.
 */
export const hasLiteral = (value: number): boolean =>
  Object.is(value, 0) || (Math.abs(value) >= 2 ** -126 && Number.isFinite(value))

/** A float constant. Without a safe literal, it is built from its bits plus the `zero` that the launch passes, which hides it from compilers. */
export const floatConstant = (value: number): DeviceExpr =>
  hasLiteral(value)
    ? literal(value, f32Type)
    : op(
        'bitcastF32',
        f32Type,
        op('add', u32Type, literal(Number.isNaN(value) ? 0x7fc00000 : floatBits(value)), {
          kind: 'size',
          type: u32Type,
          size: 'zero',
        }),
      )
