/**
 * The operations of the kernel language in plain C++, written independently of their CUDA spellings. Each rounded f32 result goes
 * through memory, so that no compiler merges it with the next operation. A file contains only the functions that it uses.
 */

/** An overload set; `uses` names the functions that it calls. */
export interface Definition {
  readonly text: string
  readonly uses?: readonly string[]
}

const float2 = (name: string, operator: string): string =>
  `inline float ${name}(float a, float b) { return rounded(a ${operator} b); }`
const words = (name: string, operator: string): string =>
  `inline uint32_t ${name}(uint32_t a, uint32_t b) { return a ${operator} b; }
inline int32_t ${name}(int32_t a, int32_t b) { return int32_t(uint32_t(a) ${operator} uint32_t(b)); }`
const integerOrder = (name: string, operator: string): string =>
  ['int32_t', 'uint32_t'].map(t => `inline ${t} ${name}(${t} a, ${t} b) { return a ${operator} b ? a : b; }`).join('\n')
const rounding = (name: string, call: string): Definition => ({
  text: `inline float ${name}(float a) { return ${call}(a); }`,
})

/** Rounded once, as the interpreter does; a GPU may round in another way. */
const inDouble = (name: string, call: string): Definition => ({
  text: `inline float ${name}(float a) { return float(${call}(double(a))); }`,
})

const definitions: Readonly<Record<string, Definition>> = {
  rounded: { text: 'inline float rounded(float x) {\n  volatile float result = x;\n  return result;\n}' },
  bits_of: { text: 'inline uint32_t bits_of(float x) {\n  uint32_t bits;\n  memcpy(&bits, &x, 4);\n  return bits;\n}' },
  float_of: { text: 'inline float float_of(uint32_t bits) {\n  float x;\n  memcpy(&x, &bits, 4);\n  return x;\n}' },
  add: { text: `${float2('add', '+')}\n${words('add', '+')}`, uses: ['rounded'] },
  sub: { text: `${float2('sub', '-')}\n${words('sub', '-')}`, uses: ['rounded'] },
  mul: { text: `${float2('mul', '*')}\n${words('mul', '*')}`, uses: ['rounded'] },
  div: { text: float2('div', '/'), uses: ['rounded'] },
  neg: {
    text: 'inline float neg(float a) { return -a; }\ninline int32_t neg(int32_t a) { return int32_t(0u - uint32_t(a)); }',
  },
  abs_of: {
    text: 'inline float abs_of(float a) { return std::fabs(a); }\ninline int32_t abs_of(int32_t a) { return a < 0 ? int32_t(0u - uint32_t(a)) : a; }',
  },
  min_of: {
    text: `// A NaN loses, -0 is below +0.
inline float min_of(float a, float b) {
  if (a != a) return b;
  if (b != b) return a;
  return a < b || (a == b && std::signbit(a)) ? a : b;
}
${integerOrder('min_of', '<')}`,
  },
  max_of: {
    text: `// A NaN loses, +0 is above -0.
inline float max_of(float a, float b) {
  if (a != a) return b;
  if (b != b) return a;
  return a > b || (a == b && std::signbit(b)) ? a : b;
}
${integerOrder('max_of', '>')}`,
  },
  clamp_to: {
    text: 'template <typename T>\ninline T clamp_to(T a, T low, T high) {\n  return a > high ? high : a < low ? low : a;\n}',
  },
  round_half_even: rounding('round_half_even', 'std::nearbyint'),
  round_half_away: rounding('round_half_away', 'std::round'),
  floor_of: rounding('floor_of', 'std::floor'),
  ceil_of: rounding('ceil_of', 'std::ceil'),
  trunc_of: rounding('trunc_of', 'std::trunc'),
  fused: { text: 'inline float fused(float a, float b, float c) { return std::fma(a, b, c); }' },
  sqrt_of: rounding('sqrt_of', 'std::sqrt'),
  exp_of: inDouble('exp_of', 'std::exp'),
  exp2_of: inDouble('exp2_of', 'std::exp2'),
  log2_of: inDouble('log2_of', 'std::log2'),
  shift_left: {
    text: `inline uint32_t shift_left(uint32_t a, uint32_t b) { return a << (b & 31); }
inline int32_t shift_left(int32_t a, int32_t b) { return int32_t(uint32_t(a) << (b & 31)); }`,
  },
  shift_right: {
    text: `inline uint32_t shift_right(uint32_t a, uint32_t b) { return a >> (b & 31); }
inline int32_t shift_right(int32_t a, int32_t b) { return a >> (b & 31); }`,
  },
  saturate: {
    text: `// The nearest value between two bounds; NaN gives 0. Every operand is exact as a double.
template <typename T>
inline T saturate(double a, double low, double high) {
  return a != a ? T(0) : T(a < low ? low : a > high ? high : std::trunc(a));
}`,
  },
  wrap_signed: {
    text: `inline int32_t wrap_signed(uint32_t a, int bits) {
  const uint32_t high = a << (32 - bits);
  return int32_t(high) >> (32 - bits);
}`,
  },
  wrap_unsigned: {
    text: 'inline uint32_t wrap_unsigned(uint32_t a, int bits) { return bits == 32 ? a : a & ((1u << bits) - 1u); }',
  },
  f16_bits: {
    text: `// The nearest binary16, ties to even. Values below 2^-14 are multiples of 2^-24.
inline uint16_t f16_bits(float x) {
  const uint16_t sign = uint16_t((bits_of(x) >> 16) & 0x8000u);
  const float magnitude = std::fabs(x);
  if (magnitude != magnitude) return 0x7e00;
  if (magnitude == 0.0f) return sign;
  if (magnitude >= 65520.0f) return uint16_t(sign | 0x7c00);
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  const int step = (exponent < -13 ? -13 : exponent) - 11;
  const long whole = std::lrint(std::ldexp(double(magnitude), -step));
  return uint16_t(sign + (long(step + 24) << 10) + whole);
}`,
    uses: ['bits_of'],
  },
  f16_value: {
    text: `inline float f16_value(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  if (exponent == 31) return mantissa != 0 ? NAN : bits & 0x8000 ? -INFINITY : INFINITY;
  const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return float(bits & 0x8000 ? -magnitude : magnitude);
}`,
  },
  bf16_bits: {
    text: `inline uint16_t bf16_bits(float x) {
  if (x != x) return 0x7fc0;
  const uint32_t bits = bits_of(x);
  const uint32_t below = bits & 0xffffu;
  const uint32_t kept = bits >> 16;
  return uint16_t(kept + (below > 0x8000u || (below == 0x8000u && (kept & 1u)) ? 1u : 0u));
}`,
    uses: ['bits_of'],
  },
  bf16_value: {
    text: 'inline float bf16_value(uint16_t bits) { return float_of(uint32_t(bits) << 16); }',
    uses: ['float_of'],
  },
  f8e4m3_bits: {
    text: `// The nearest f8e4m3, ties to even; NaN beyond the last tie, which gives 448. Values below 2^-6 are multiples of 2^-9.
inline uint8_t f8e4m3_bits(float x) {
  const uint8_t sign = uint8_t((bits_of(x) >> 24) & 0x80u);
  const float magnitude = std::fabs(x);
  if (magnitude != magnitude) return 0x7f;
  if (magnitude == 0.0f) return sign;
  if (magnitude > 464.0f) return uint8_t(sign | 0x7f);
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  const int step = (exponent < -5 ? -5 : exponent) - 4;
  const long whole = std::lrint(std::ldexp(double(magnitude), -step));
  return uint8_t(sign + (long(step + 9) << 3) + whole);
}`,
    uses: ['bits_of'],
  },
  f8e4m3_value: {
    text: `inline float f8e4m3_value(uint8_t bits) {
  const int exponent = (bits >> 3) & 15;
  const int mantissa = bits & 7;
  if ((bits & 0x7f) == 0x7f) return NAN;
  const double magnitude = exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8 + mantissa, exponent - 10);
  return float(bits & 0x80 ? -magnitude : magnitude);
}`,
  },
  f8e5m2_bits: {
    text: `// The nearest f8e5m2, ties to even; infinity from the last tie on. Values below 2^-14 are multiples of 2^-16.
inline uint8_t f8e5m2_bits(float x) {
  const uint8_t sign = uint8_t((bits_of(x) >> 24) & 0x80u);
  const float magnitude = std::fabs(x);
  if (magnitude != magnitude) return 0x7e;
  if (magnitude == 0.0f) return sign;
  if (magnitude >= 61440.0f) return uint8_t(sign | 0x7c);
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  const int step = (exponent < -13 ? -13 : exponent) - 3;
  const long whole = std::lrint(std::ldexp(double(magnitude), -step));
  return uint8_t(sign + (long(step + 16) << 2) + whole);
}`,
    uses: ['bits_of'],
  },
  f8e5m2_value: {
    text: `inline float f8e5m2_value(uint8_t bits) {
  const int exponent = (bits >> 2) & 31;
  const int mantissa = bits & 3;
  if (exponent == 31) return mantissa != 0 ? NAN : bits & 0x80 ? -INFINITY : INFINITY;
  const double magnitude = exponent == 0 ? std::ldexp(mantissa, -16) : std::ldexp(4 + mantissa, exponent - 17);
  return float(bits & 0x80 ? -magnitude : magnitude);
}`,
  },
  load_code: {
    text: `// Reads \`bits\` bits from position \`at\` of a stream of words, lowest bits first.
inline uint32_t load_code(const uint32_t* words, int64_t at, int bits) {
  uint32_t code = 0;
  for (int i = 0; i < bits; ++i) code |= ((words[(at + i) / 32] >> ((at + i) % 32)) & 1u) << i;
  return code;
}`,
  },
  store_code: {
    text: `inline void store_code(uint32_t* words, int64_t at, int bits, uint32_t code) {
  for (int i = 0; i < bits; ++i) {
    const uint32_t bit = 1u << ((at + i) % 32);
    uint32_t& word = words[(at + i) / 32];
    word = (code >> i) & 1u ? word | bit : word & ~bit;
  }
}`,
  },
  half_split_slot: {
    text: `// The position of an element in blocks whose halves are interleaved.
inline int64_t half_split_slot(int64_t element, int64_t block) {
  const int64_t within = element % block;
  return element - within + (within < block / 2 ? 2 * within : 2 * within - block + 1);
}`,
  },
}

/**
 * The texts of the used functions, after the functions that they call.
 *
 * @param more definitions besides those of this file, which come after them
 */
export function referenceFunctions(used: Iterable<string>, more: Readonly<Record<string, Definition>> = {}): string[] {
  const all = { ...definitions, ...more }
  const needed = new Set<string>()
  const need = (name: string): void => {
    const definition = all[name]
    if (definition === undefined) throw new Error(`no function ${name}`)
    for (const other of definition.uses ?? []) need(other)
    needed.add(name)
  }
  for (const name of used) need(name)
  return Object.keys(all)
    .filter(name => needed.has(name))
    .map(name => (all[name] as Definition).text)
}
