/**
 * WGSL functions that convert between f32 and 8-bit floats (`f8e4m3` and `f8e5m2` of the kernel language, which defines overflow and NaN). They round in
 * integer arithmetic, because WGSL lets sums round either way. Devices may flush denormals, but no f32 result here is one.
 */
import { type FloatFormat, f8e4m3, f8e5m2, type StorageType } from '@qernel/dsl'
import { codecOf } from '@qernel/dsl/internal'

const hex = (bits: number): string => `0x${bits.toString(16)}u`

interface Float8 {
  readonly name: string
  readonly mantissaBits: number
  readonly bias: number
  readonly hasInfinity: boolean
  /** The bits for values that are too large, and for NaN. */
  readonly overflow: number
  readonly nan: number
}

function formatOf(type: StorageType): Float8 {
  const { exponentBits, mantissaBits, hasInfinity } = type.float as FloatFormat
  const { encode } = codecOf(type)
  return {
    name: type.name,
    mantissaBits,
    bias: 2 ** (exponentBits - 1) - 1,
    hasInfinity,
    overflow: encode(Number.POSITIVE_INFINITY),
    nan: encode(Number.NaN),
  }
}

function encoder({ name, mantissaBits, bias, hasInfinity, overflow, nan }: Float8): string {
  const dropped = 23 - mantissaBits
  const rebias = (127 - bias) * 2 ** 23
  return `// The bits of the nearest ${name}, ties to even; values that are too large give ${hasInfinity ? 'infinity' : 'NaN'}.
fn ${name}_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let magnitude = bits & 0x7fffffffu;
  let is_normal = magnitude >= ${hex(rebias + 2 ** 23)};
  // Other values are shifted to multiples of the smallest value; a shift by 25 leaves nothing.
  let significand = select((magnitude & 0x7fffffu) | 0x800000u, magnitude - ${hex(rebias)}, is_normal);
  let shift = select(min(25u, ${128 - bias + dropped}u - (magnitude >> 23u)), ${dropped}u, is_normal);
  // Half of the last place that is kept; one less if that place is even.
  let half = (1u << (shift - 1u)) - 1u + ((significand >> shift) & 1u);
  let rounded = ((bits >> 24u) & 0x80u) | min((significand + half) >> shift, ${hex(overflow)});
  return select(rounded, ${hex(nan)}, magnitude > 0x7f800000u);
}`
}

function decoder({ name, mantissaBits, bias, hasInfinity, overflow }: Float8): string {
  const special = hasInfinity
    ? `select(number, 0x7f800000u | ((magnitude & ${hex(2 ** mantissaBits - 1)}) << ${23 - mantissaBits}u), magnitude >= ${hex(overflow)})`
    : `select(number, 0x7fc00000u, magnitude == ${hex(overflow)})`
  return `// The value of the low 8 bits as ${name}.
fn ${name}_value(word: u32) -> f32 {
  let magnitude = word & 0x7fu;
  let normal = (magnitude << ${23 - mantissaBits}u) + ${hex((127 - bias) * 2 ** 23)};
  let denormal = bitcast<u32>(f32(magnitude) * ${2 ** (1 - bias - mantissaBits)});
  let number = select(denormal, normal, magnitude >= ${2 ** mantissaBits}u);
  return bitcast<f32>(((word & 0x80u) << 24u) | ${special});
}`
}

/** `fn NAME_bits(x: f32) -> u32` and `fn NAME_value(word: u32) -> f32`. */
export const float8Functions = {
  f8e4m3_bits: encoder(formatOf(f8e4m3)),
  f8e4m3_value: decoder(formatOf(f8e4m3)),
  f8e5m2_bits: encoder(formatOf(f8e5m2)),
  f8e5m2_value: decoder(formatOf(f8e5m2)),
} as const
