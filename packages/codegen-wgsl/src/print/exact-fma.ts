/**
 * a · b + c with one rounding, for devices whose own `fma` rounds twice, which WGSL allows. It uses only integer operations, so it is correct
 * on every device for every input, including denormals; it takes about a hundred of them.
 */
export const integerFma = /* wgsl */ `// a * b + c in binary32, rounded once to nearest, ties to even, on the bits.
fn fma_f32(a: f32, b: f32, c: f32) -> f32 {
  let a_bits = bitcast<u32>(a) & 0x7fffffffu;
  let b_bits = bitcast<u32>(b) & 0x7fffffffu;
  let c_bits = bitcast<u32>(c) & 0x7fffffffu;
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  let c_sign = bitcast<u32>(c) & 0x80000000u;
  let infinity = 0x7f800000u;
  let is_nan = max(a_bits, max(b_bits, c_bits)) > infinity;
  let is_infinite = max(a_bits, b_bits) == infinity;
  if (is_nan || (is_infinite && (min(a_bits, b_bits) == 0u || (c_bits == infinity && sign != c_sign)))) {
    return bitcast<f32>(sign | 0x7fc00000u);
  }
  if (is_infinite) {
    return bitcast<f32>(sign | infinity);
  }
  if (c_bits == infinity) {
    return bitcast<f32>(c_sign | infinity);
  }
  if (min(a_bits, b_bits) == 0u) {
    return bitcast<f32>(select(c_sign | c_bits, sign & c_sign, c_bits == 0u));
  }

  // The significands, with the leading one at bit 23, and their exponents; denormals are shifted up.
  let shift = max(countLeadingZeros(vec3u(a_bits, b_bits, c_bits)), vec3u(8u)) - vec3u(8u);
  let bits = vec3u(a_bits, b_bits, c_bits);
  let is_denormal = bits < vec3u(0x00800000u);
  let digits = select((bits & vec3u(0x007fffffu)) | vec3u(0x00800000u), bits << shift, is_denormal);
  let exponents = select(vec3i(bits >> vec3u(23u)), vec3i(1) - vec3i(shift), is_denormal);

  // The product in two words, its leading one at bit 60 or 61 of 64; c with its leading one at bit 61.
  let middle = (digits.x >> 16u) * (digits.y & 0xffffu) + (digits.x & 0xffffu) * (digits.y >> 16u);
  let lower = (digits.x & 0xffffu) * (digits.y & 0xffffu);
  let low = lower + (middle << 16u);
  let high = (digits.x >> 16u) * (digits.y >> 16u) + (middle >> 16u) + u32(low < lower);
  var product = vec2u(low << 14u, (high << 14u) | (low >> 18u));
  var addend = vec2u(0u, digits.z << 6u);
  let product_exponent = exponents.x + exponents.y - 314;
  let addend_exponent = select(exponents.z - 188, product_exponent, c_bits == 0u);

  // The operand with the smaller exponent is shifted down to the other; what it loses stays visible in its last bit.
  let exponent = max(product_exponent, addend_exponent);
  product = shift_down(product, u32(exponent - product_exponent));
  addend = shift_down(addend, u32(exponent - addend_exponent));
  let borrow = (product.y < addend.y) || (product.y == addend.y && product.x < addend.x);
  let larger = select(product, addend, borrow);
  let smaller = select(addend, product, borrow);
  var sum = larger + smaller;
  sum.y += u32(sum.x < larger.x);
  if (sign != c_sign) {
    sum = larger - smaller;
    sum.y -= u32(larger.x < smaller.x);
  }
  if ((sum.x | sum.y) == 0u) {
    return 0.0;
  }
  let result_sign = select(sign, c_sign, borrow);

  // 32 bits with the leading one at bit 31, then the 24 that stay: fewer of a denormal.
  let zeros = select(countLeadingZeros(sum.y), 32u + countLeadingZeros(sum.x), sum.y == 0u);
  let biased = exponent + 190 - i32(zeros);
  if (biased >= 255) {
    return bitcast<f32>(result_sign | infinity);
  }
  sum = shift_up(sum, zeros);
  let kept_and_rest = shift_down(vec2u(sum.y | u32(sum.x != 0u), 0u), u32(max(1 - biased, 0))).x;
  let rest = kept_and_rest & 0xffu;
  var kept = kept_and_rest >> 8u;
  kept += u32(rest > 0x80u || (rest == 0x80u && (kept & 1u) == 1u));
  // Adding kept completes the exponent: the leading one of a normal result adds 1, and a carry out of the significand adds 1 more.
  return bitcast<f32>(result_sign | ((u32(max(biased, 1) - 1) << 23u) + kept));
}

// Two words, the lower one first, shifted down; the last bit tells whether a one was lost.
fn shift_down(words: vec2u, by: u32) -> vec2u {
  if (by == 0u) {
    return words;
  }
  if (by >= 64u) {
    return vec2u(u32((words.x | words.y) != 0u), 0u);
  }
  if (by >= 32u) {
    let lost = select(words.x, words.x | (words.y << (64u - by)), by > 32u);
    return vec2u((words.y >> (by - 32u)) | u32(lost != 0u), 0u);
  }
  return vec2u((words.x >> by) | (words.y << (32u - by)) | u32((words.x << (32u - by)) != 0u), words.y >> by);
}

// Two words, the lower one first, shifted up.
fn shift_up(words: vec2u, by: u32) -> vec2u {
  if (by == 0u) {
    return words;
  }
  if (by >= 32u) {
    return vec2u(0u, words.x << (by - 32u));
  }
  return vec2u(words.x << by, (words.y << by) | (words.x >> (32u - by)));
}
`
