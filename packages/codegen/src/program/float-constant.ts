import type { DeviceExpr } from './device-program.ts'
import { f32Type, u32Type } from './device-type.ts'
import { literal, op } from './expressions.ts'
import { floatBits } from './float-bits.ts'

/** Whether every target has a literal for a binary32 value: WGSL has none for NaN and infinities, and compilers may read `-0.0` and denormals as 0. */
export const hasLiteral = (value: number): boolean =>
  Object.is(value, 0) || (Math.abs(value) >= 2 ** -126 && Number.isFinite(value))

/** A constant; what has no literal on some target is made of its bits and the zero that comes with the launch. */
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
