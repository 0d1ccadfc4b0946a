/**
 * a · b + c with one rounding, for devices whose own `fma` rounds twice, which WGSL allows. It uses only integer operations, so it is correct
 * on every device for every input, including denormals; it takes about a hundred of them. It has no branches: a software device compiles every call
 * anew, and a branch takes it longer than the operations that it saves.
 */
export const integerFma = /* wgsl */ `// a * b + c in binary32, rounded once to nearest, ties to even, on the bits.
fn fma_f32(a: f32, b: f32, c: f32) -> f32 {
  let a_bits = bitcast<u32>(a) & 0x7fffffffu;
  let b_bits = bitcast<u32>(b) & 0x7fffffffu;
  let c_bits = bitcast<u32>(c) & 0x7fffffffu;
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  let c_sign = bitcast<u32>(c) & 0x80000000u;
  let infinity = 0x7f800000u;
  let is_infinite = max(a_bits, b_bits) == infinity;
  let has_zero = min(a_bits, b_bits) == 0u;
  let is_nan = (max(a_bits, max(b_bits, c_bits)) > infinity) | (is_infinite & (has_zero | ((c_bits == infinity) & (sign != c_sign))));

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
  let borrow = (product.y < addend.y) | ((product.y == addend.y) & (product.x < addend.x));
  let larger = select(product, addend, borrow);
  let smaller = select(addend, product, borrow);
  let total = larger + smaller;
  let difference = larger - smaller;
  var sum = vec2u(total.x, total.y + u32(total.x < larger.x));
  sum = select(sum, vec2u(difference.x, difference.y - u32(larger.x < smaller.x)), sign != c_sign);
  let result_sign = select(sign, c_sign, borrow);

  // 32 bits with the leading one at bit 31, then the 24 that stay: fewer of a denormal.
  let zeros = select(countLeadingZeros(sum.y), 32u + countLeadingZeros(sum.x), sum.y == 0u);
  let biased = exponent + 190 - i32(zeros);
  let is_zero = (sum.x | sum.y) == 0u;
  sum = shift_up(sum, zeros);
  let kept_and_rest = shift_down(vec2u(sum.y | u32(sum.x != 0u), 0u), u32(max(1 - biased, 0))).x;
  let rest = kept_and_rest & 0xffu;
  var kept = kept_and_rest >> 8u;
  kept += u32((rest > 0x80u) | ((rest == 0x80u) & ((kept & 1u) == 1u)));
  // Adding kept completes the exponent: the leading one of a normal result adds 1, and a carry out of the significand adds 1 more.
  var result = select(result_sign | ((u32(max(biased, 1) - 1) << 23u) + kept), result_sign | infinity, biased >= 255);
  result = select(result, 0u, is_zero);
  result = select(result, select(c_sign | c_bits, sign & c_sign, c_bits == 0u), has_zero);
  result = select(result, c_sign | infinity, c_bits == infinity);
  result = select(result, sign | infinity, is_infinite);
  return bitcast<f32>(select(result, sign | 0x7fc00000u, is_nan));
}

// Two words, the lower one first, shifted down; the last bit tells whether a one was lost.
fn shift_down(words: vec2u, by: u32) -> vec2u {
  let bits = by & 31u;
  let across = (words.y << 1u) << (31u - bits);
  let lost = (words.x << 1u) << (31u - bits);
  let near = vec2u((words.x >> bits) | across | u32(lost != 0u), words.y >> bits);
  let far = vec2u((words.y >> bits) | u32((words.x | across) != 0u), 0u);
  return select(select(near, far, by >= 32u), vec2u(u32((words.x | words.y) != 0u), 0u), by >= 64u);
}

// Two words, the lower one first, shifted up by less than 64.
fn shift_up(words: vec2u, by: u32) -> vec2u {
  let bits = by & 31u;
  let near = vec2u(words.x << bits, (words.y << bits) | ((words.x >> 1u) >> (31u - bits)));
  return select(near, vec2u(0u, words.x << bits), by >= 32u);
}
`
