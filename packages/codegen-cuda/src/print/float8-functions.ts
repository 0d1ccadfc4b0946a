/**
 * CUDA functions that convert between f32 and 8-bit floats (`f8e4m3` and `f8e5m2` of the kernel language, which defines overflow and NaN), in integer
 * arithmetic. `cuda_fp8.h` does not fit: it needs CUDA 11.8 and saturates on Ada and Hopper; on other GPUs it uses integer arithmetic as well.
 */
import { type FloatFormat, f8e4m3, f8e5m2, type StorageType } from '@qernel/dsl'
import { codecOf } from '@qernel/dsl/internal'

const inline = '__device__ __forceinline__'
const hex = (bits: number): string => `0x${bits.toString(16)}u`

function encoder(type: StorageType): string {
  const { exponentBits, mantissaBits, hasInfinity } = type.float as FloatFormat
  const { encode } = codecOf(type)
  const bias = 2 ** (exponentBits - 1) - 1
  const dropped = 23 - mantissaBits
  const rebias = (127 - bias) * 2 ** 23
  return `// The bits of the nearest ${type.name}, ties to even; values that are too large give ${hasInfinity ? 'infinity' : 'NaN'}.
${inline} unsigned ${type.name}_bits(float x) {
  const unsigned bits = __float_as_uint(x);
  const unsigned magnitude = bits & 0x7fffffffu;
  const bool is_normal = magnitude >= ${hex(rebias + 2 ** 23)};
  // Other values are shifted to multiples of the smallest value; a shift by 25 leaves nothing.
  const unsigned significand = is_normal ? magnitude - ${hex(rebias)} : (magnitude & 0x7fffffu) | 0x800000u;
  const unsigned shift = is_normal ? ${dropped}u : min(25u, ${128 - bias + dropped}u - (magnitude >> 23));
  // Half of the last place that is kept; one less if that place is even.
  const unsigned half = (1u << (shift - 1u)) - 1u + ((significand >> shift) & 1u);
  const unsigned rounded = ((bits >> 24) & 0x80u) | min((significand + half) >> shift, ${hex(encode(Number.POSITIVE_INFINITY))});
  return magnitude > 0x7f800000u ? ${hex(encode(Number.NaN))} : rounded;
}`
}

function decoder(type: StorageType): string {
  const { exponentBits, mantissaBits, hasInfinity } = type.float as FloatFormat
  const bias = 2 ** (exponentBits - 1) - 1
  const overflow = hex(codecOf(type).encode(Number.POSITIVE_INFINITY))
  const special = hasInfinity
    ? `magnitude >= ${overflow} ? 0x7f800000u | ((magnitude & ${hex(2 ** mantissaBits - 1)}) << ${23 - mantissaBits})`
    : `magnitude == ${overflow} ? 0x7fc00000u`
  return `// The value of the low 8 bits as ${type.name}.
${inline} float ${type.name}_value(unsigned word) {
  const unsigned magnitude = word & 0x7fu;
  const unsigned normal = (magnitude << ${23 - mantissaBits}) + ${hex((127 - bias) * 2 ** 23)};
  const unsigned denormal = __float_as_uint(__uint2float_rn(magnitude) * ${2 ** (1 - bias - mantissaBits)}f);
  const unsigned number = magnitude >= ${2 ** mantissaBits}u ? normal : denormal;
  return __uint_as_float((word & 0x80u) << 24 | (${special} : number));
}`
}

/** `unsigned NAME_bits(float x)` and `float NAME_value(unsigned word)`. */
export const float8Functions = {
  f8e4m3_bits: encoder(f8e4m3),
  f8e4m3_value: decoder(f8e4m3),
  f8e5m2_bits: encoder(f8e5m2),
  f8e5m2_value: decoder(f8e5m2),
} as const
