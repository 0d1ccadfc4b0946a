/**
 * Functions that WGSL lacks, or whose built-in forms do not define the results for NaN, −0 or rounding. A file contains those that
 * it uses, one per number of lanes.
 */
import {
  dividedToCode,
  integerDivision,
  refinedDivision,
  refinedVectorBody,
  refinedVectorNote,
} from './exact-division.ts'
import { float8Functions } from './exact-float8.ts'
import { float16Packing } from './exact-float16.ts'
import { integerFma } from './exact-fma.ts'

export type Helper =
  | 'saturate'
  | 'round_to_code'
  | 'saturate_i32'
  | 'saturate_u32'
  | 'u32_to_f32'
  | 'max_number'
  | 'min_number'
  | 'max_magnitude'
  | 'clamp_number'
  | 'round_half_away'
  | 'abs_i32'
  | 'pack_i8'
  | 'pack_u8'
  | 'unpack_i8'
  | 'unpack_u8'
  | 'pack_f16x2'
  | 'bf16_bits'
  | 'narrow_f16'
  | 'narrow_bf16'
  | keyof typeof float8Functions
  | 'div_f32'
  | 'fma_f32'
  | 'divide_to_code'

type Lanes = 1 | 2 | 4
const name = (scalar: 'f' | 'i' | 'u', lanes: Lanes): string => (lanes === 1 ? `${scalar}32` : `vec${lanes}${scalar}`)
const splat = (scalar: 'f' | 'i' | 'u', lanes: Lanes, value: string): string =>
  lanes === 1 ? value : `vec${lanes}${scalar}(${value})`

/** The name of a helper for a number of lanes. */
export const helperName = (helper: Helper, lanes: Lanes): string =>
  lanes === 1 || helper.includes('pack') ? helper : `${helper}_${lanes}`

const isNan = (lanes: Lanes): string =>
  `(bitcast<${name('u', lanes)}>(x) & ${splat('u', lanes, '0x7fffffffu')}) > ${splat('u', lanes, '0x7f800000u')}`

const number = (helper: 'max_number' | 'min_number', lanes: Lanes): string => {
  const f = name('f', lanes)
  const u = name('u', lanes)
  const i = name('i', lanes)
  const [words, compare] = helper === 'max_number' ? ['larger', '>'] : ['smaller', '<']
  const bits = (of: string) => `bitcast<${i}>(${of})`
  const key = (of: string) =>
    `${bits(of)} ^ ((${bits(of)} >> ${splat('u', lanes, '31u')}) & ${splat('i', lanes, '0x7fffffff')})`
  // The floats are compared as integers with the same order, so that every device distinguishes denormals and the signs of zeros.
  return `// The ${words} of two numbers. A NaN loses; +0 is above -0.
fn ${helperName(helper, lanes)}(a: ${f}, b: ${f}) -> ${f} {
  let exponent = ${splat('u', lanes, '0x7f800000u')};
  let magnitude = ${splat('u', lanes, '0x7fffffffu')};
  let a_order = ${key('a')};
  let b_order = ${key('b')};
  let b_is_nan = (bitcast<${u}>(b) & magnitude) > exponent;
  let a_is_nan = (bitcast<${u}>(a) & magnitude) > exponent;
  return select(select(select(b, a, a_order ${compare} b_order), a, b_is_nan), b, a_is_nan);
}`
}

/** NVIDIA's compiler turns selections between floats into minima and maxima, which drop NaN and the sign of 0, so this selects by integers. */
function clampNumber(lanes: Lanes): string {
  const [f, i, u] = (['f', 'i', 'u'] as const).map(scalar => name(scalar, lanes))
  const magnitude = splat('i', lanes, '0x7fffffff')
  const zero = splat('i', lanes, '0')
  const word = (of: string) => `
  let ${of}_bits = bitcast<${i}>(${of});
  let ${of}_order = select(${of}_bits ^ ((${of}_bits >> ${splat('u', lanes, '31u')}) & ${magnitude}), ${zero}, (${of}_bits & ${magnitude}) == ${zero});
  let ${of}_is_number = (bitcast<${u}>(${of}) & ${splat('u', lanes, '0x7fffffffu')}) <= ${splat('u', lanes, '0x7f800000u')};`
  return `// Clamps a to low and high. Compares as integers with the order of the floats, so NaN and -0 pass through.
fn ${helperName('clamp_number', lanes)}(a: ${f}, low: ${f}, high: ${f}) -> ${f} {${['a', 'low', 'high'].map(word).join('')}
  let is_below = (a_order < low_order) & a_is_number & low_is_number;
  let is_above = (a_order > high_order) & a_is_number & high_is_number;
  return select(select(a, low, is_below), high, is_above);
}`
}

const sources: Readonly<Record<Helper, (lanes: Lanes, division: 'refined' | 'integer') => string>> = {
  saturate: lanes => `// Converts integral floats to integers, clamped to low and high; NaN gives 0.
fn ${helperName('saturate', lanes)}(x: ${name('f', lanes)}, low: f32, high: f32) -> ${name('i', lanes)} {
  let is_nan = ${isNan(lanes)};
  return select(${name('i', lanes)}(clamp(x, ${splat('f', lanes, 'low')}, ${splat('f', lanes, 'high')})), ${splat('i', lanes, '0')}, is_nan);
}`,
  round_to_code:
    lanes => `// The nearest integer, ties to even, clamped to low and high (at most 2^22); NaN gives 0. The sum with 1.5 * 2^23 rounds to an integer, in its low bits.
fn ${helperName('round_to_code', lanes)}(x: ${name('f', lanes)}, low: f32, high: f32) -> ${name('i', lanes)} {
  let is_nan = ${isNan(lanes)};
  let sum = clamp(x, ${splat('f', lanes, 'low')}, ${splat('f', lanes, 'high')}) + ${splat('f', lanes, '12582912.0')};
  return select(bitcast<${name('i', lanes)}>(sum) - ${splat('i', lanes, '0x4b400000')}, ${splat('i', lanes, '0')}, is_nan);
}`,
  saturate_i32: lanes => `// Converts integral floats to the nearest i32; NaN gives 0.
fn ${helperName('saturate_i32', lanes)}(x: ${name('f', lanes)}) -> ${name('i', lanes)} {
  let is_nan = ${isNan(lanes)};
  let inside = ${name('i', lanes)}(clamp(x, ${splat('f', lanes, '-2147483648.0')}, ${splat('f', lanes, '2147483520.0')}));
  return select(select(inside, ${splat('i', lanes, '2147483647')}, x >= ${splat('f', lanes, '2147483648.0')}), ${splat('i', lanes, '0')}, is_nan);
}`,
  saturate_u32: lanes => `// Converts integral floats to the nearest u32; NaN gives 0.
fn ${helperName('saturate_u32', lanes)}(x: ${name('f', lanes)}) -> ${name('u', lanes)} {
  let is_nan = ${isNan(lanes)};
  let inside = ${name('u', lanes)}(clamp(x, ${splat('f', lanes, '0.0')}, ${splat('f', lanes, '4294967040.0')}));
  return select(select(inside, ${splat('u', lanes, '4294967295u')}, x >= ${splat('f', lanes, '4294967296.0')}), ${splat('u', lanes, '0u')}, is_nan);
}`,
  u32_to_f32: lanes => `// The nearest f32, ties to even. Both halves are exact, and their sum is rounded once.
fn ${helperName('u32_to_f32', lanes)}(x: ${name('u', lanes)}) -> ${name('f', lanes)} {
  return ${name('f', lanes)}(x >> ${splat('u', lanes, '16u')}) * 65536.0 + ${name('f', lanes)}(x & ${splat('u', lanes, '0xffffu')});
}`,
  max_number: lanes => number('max_number', lanes),
  min_number: lanes => number('min_number', lanes),
  clamp_number: clampNumber,
  max_magnitude: lanes => {
    const i = name('i', lanes)
    const gap = splat('i', lanes, '0x007fffff')
    return `// The larger of a number and a magnitude, which has no sign; a NaN loses. Negative floats are negative integers, below any magnitude.
// Adding 0x7fffff makes positive NaNs wrap around to the most negative integers.
fn ${helperName('max_magnitude', lanes)}(a: ${name('f', lanes)}, magnitude: ${name('f', lanes)}) -> ${name('f', lanes)} {
  let larger = max(bitcast<${i}>(a) + ${gap}, bitcast<${i}>(magnitude) + ${gap});
  return bitcast<${name('f', lanes)}>(larger - ${gap});
}`
  },
  // NVIDIA's compiler drops abs and max(x, -x) of a converted float if a maximum follows.
  abs_i32: lanes => `// The magnitude; the smallest integer gives itself.
fn ${helperName('abs_i32', lanes)}(x: ${name('i', lanes)}) -> ${name('i', lanes)} {
  return select(x, -x, x < ${splat('i', lanes, '0')});
}`,
  round_half_away: lanes => `// The nearest integer, ties away from zero.
fn ${helperName('round_half_away', lanes)}(x: ${name('f', lanes)}) -> ${name('f', lanes)} {
  let whole = trunc(x);
  return select(whole, whole + sign(x), abs(x - whole) >= ${splat('f', lanes, '0.5')});
}`,
  pack_i8: () => `// Four codes in one word, the first in the lowest bits.
fn pack_i8(v: vec4i) -> u32 {
  let b = bitcast<vec4u>(v) & vec4u(0xffu);
  return b.x | (b.y << 8u) | (b.z << 16u) | (b.w << 24u);
}`,
  pack_u8: () => `// Four codes in one word, the first in the lowest bits.
fn pack_u8(v: vec4u) -> u32 {
  return v.x | (v.y << 8u) | (v.z << 16u) | (v.w << 24u);
}`,
  unpack_i8: () => `// The four signed codes of a word, the first in the lowest bits.
fn unpack_i8(word: u32) -> vec4i {
  return bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}`,
  unpack_u8: () => `// The four codes of a word, the first in the lowest bits.
fn unpack_u8(word: u32) -> vec4u {
  return (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(0xffu);
}`,
  pack_f16x2: () => float16Packing.trimEnd(),
  bf16_bits: () => `// The bits of the nearest bfloat16, ties to even; NaN gives 0x7fc0.
fn bf16_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let rounded = (bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u;
  return select(rounded, 0x7fc0u, (bits & 0x7fffffffu) > 0x7f800000u);
}`,
  narrow_f16: lanes =>
    byLane('narrow_f16', lanes, 'The nearest binary16 value.', 'unpack2x16float(pack_f16x2(vec2f(x, 0.0))).x'),
  narrow_bf16: lanes =>
    byLane('narrow_bf16', lanes, 'The nearest bfloat16 value.', 'bitcast<f32>(bf16_bits(x) << 16u)'),
  f8e4m3_bits: () => float8Functions.f8e4m3_bits,
  f8e4m3_value: () => float8Functions.f8e4m3_value,
  f8e5m2_bits: () => float8Functions.f8e5m2_bits,
  f8e5m2_value: () => float8Functions.f8e5m2_value,
  div_f32: (lanes, division) => {
    if (lanes === 1) return (division === 'refined' ? refinedDivision : integerDivision).trimEnd()
    const vector = name('f', lanes)
    const each = `${vector}(${['x', 'y', 'z', 'w']
      .slice(0, lanes)
      .map(c => `div_f32(a.${c}, b.${c})`)
      .join(', ')})`
    const head = `fn ${helperName('div_f32', lanes)}(a: ${vector}, b: ${vector}) -> ${vector} {`
    return division === 'refined'
      ? `${refinedVectorNote}\n${head}\n${refinedVectorBody(vector, each)}}`
      : `${head}\n  return ${each};\n}`
  },
  fma_f32: lanes => {
    if (lanes === 1) return integerFma.trimEnd()
    const vector = name('f', lanes)
    // A loop, because a software device compiles a copy of the function for each call.
    return [
      `fn ${helperName('fma_f32', lanes)}(a: ${vector}, b: ${vector}, c: ${vector}) -> ${vector} {`,
      `  var sums: ${vector};`,
      `  for (var i = 0u; i < ${lanes}u; i++) {`,
      '    sums[i] = fma_f32(a[i], b[i], c[i]);',
      '  }',
      '  return sums;',
      '}',
    ].join('\n')
  },
  divide_to_code: lanes =>
    dividedToCode({
      own: helperName('divide_to_code', lanes),
      slow: `${helperName('round_to_code', lanes)}(${helperName('div_f32', lanes)}(a, b), low, high)`,
      floats: name('f', lanes),
      words: name('u', lanes),
      integers: name('i', lanes),
    }),
}

/** A function of one float, or its form for vectors. */
function byLane(helper: 'narrow_f16' | 'narrow_bf16', lanes: Lanes, meaning: string, value: string): string {
  if (lanes === 1) return `// ${meaning}\nfn ${helper}(x: f32) -> f32 {\n  return ${value};\n}`
  const vector = name('f', lanes)
  const parts = ['x', 'y', 'z', 'w'].slice(0, lanes).map(c => `${helper}(x.${c})`)
  return `fn ${helperName(helper, lanes)}(x: ${vector}) -> ${vector} {\n  return ${vector}(${parts.join(', ')});\n}`
}

/** The helpers that a file needs, including those that helpers call, printed in a fixed order. */
export class HelperSet {
  readonly #used = new Map<string, { readonly helper: Helper; readonly lanes: Lanes }>()

  /** Records the use of a helper and returns its name. */
  use(helper: Helper, lanes: Lanes): string {
    const own = helperName(helper, lanes)
    if ((helper === 'div_f32' || helper === 'fma_f32' || helper.startsWith('narrow')) && lanes !== 1)
      this.use(helper, 1)
    if (helper === 'narrow_f16') this.use('pack_f16x2', 1)
    if (helper === 'divide_to_code') for (const part of ['div_f32', 'round_to_code'] as const) this.use(part, lanes)
    if (helper === 'narrow_bf16') this.use('bf16_bits', 1)
    this.#used.set(own, { helper, lanes })
    return own
  }

  /** Whether a helper reads `sizes.zero`. */
  get usesZero(): boolean {
    return [...this.#used.values()].some(({ helper }) => helper === 'divide_to_code')
  }

  print(division: 'native' | 'refined' | 'integer'): string[] {
    const order = Object.keys(sources)
    return [...this.#used.values()]
      .sort((a, b) => order.indexOf(a.helper) - order.indexOf(b.helper) || a.lanes - b.lanes)
      .map(({ helper, lanes }) => sources[helper](lanes, division === 'refined' ? 'refined' : 'integer'))
  }
}
