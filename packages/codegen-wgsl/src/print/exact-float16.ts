/**
 * WGSL functions that round f32 to binary16 by IEEE-754, ties to even. They are for devices without the type f16 whose `pack2x16float` does not do
 * so: WGSL lets it round either way and does not define overflow. SwiftShader rounds some denormals down, and lets infinities, NaNs and large
 * values spill into the other half of the word.
 */

/**
 * Defines `fn pack_f16x2(values: vec2f) -> u32`, with `x` in the low half. Overflow gives infinity, and every NaN 0x7e00. Also correct if the
 * device flushes denormals.
 */
export const float16Packing = /* wgsl */ `// The bits of x rounded to binary16, to nearest, ties to even.
fn f16_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return 0x7e00u;
  }
  // 65520 is halfway between the largest finite value and 2^16; ties to even gives infinity.
  if (magnitude >= 0x477ff000u) {
    return sign | 0x7c00u;
  }
  // Results below 2^-14 are multiples of 2^-24. This is the spacing of f32 at 0.5, so the addition rounds.
  if (magnitude < 0x38800000u) {
    return sign | (bitcast<u32>(bitcast<f32>(magnitude) + 0.5) - 0x3f000000u);
  }
  // Rebias the exponent from 127 to 15, and add half of the last place that is kept; one less if that place is even.
  return sign | ((magnitude - 0x38000000u + 0x0fffu + ((magnitude >> 13u) & 1u)) >> 13u);
}

// Two values rounded to binary16, the first in the low half.
fn pack_f16x2(values: vec2f) -> u32 {
  return f16_bits(values.x) | (f16_bits(values.y) << 16u);
}
`
