/**
 * Functions and types that a file defines if it uses them. Signed arithmetic wraps, as in the kernel language, because overflow is
 * undefined in C++.
 */
import { divideOne, divideToCodes, nearestCode } from './divide-to-codes.ts'
import { float8Functions } from './float8-functions.ts'

const inline = '__device__ __forceinline__'

/**
 * Works around a bug in the assembler of CUDA 13.0. It treats storing one byte of a converted half (`cvt.rn.f16.f32`, then `st.u8` of the same
 * register) as a conversion of the number to a byte (`F2I.U8.F16.TRUNC`). The empty asm hides the origin of the word, so its bits are kept.
 */
const asWord = `// Hides from ptxas that this was a half: ptxas would convert its value to store one byte of it.
  asm("" : "+r"(bits));`

const definitions = {
  f16x4: 'struct alignas(8) f16x4 {\n  __half x, y, z, w;\n};',
  bf16x4: 'struct alignas(8) bf16x4 {\n  __nv_bfloat16 x, y, z, w;\n};',
  wrapping_add: `${inline} int wrapping_add(int a, int b) {\n  return int(unsigned(a) + unsigned(b));\n}`,
  wrapping_sub: `${inline} int wrapping_sub(int a, int b) {\n  return int(unsigned(a) - unsigned(b));\n}`,
  wrapping_mul: `${inline} int wrapping_mul(int a, int b) {\n  return int(unsigned(a) * unsigned(b));\n}`,
  wrapping_neg: `${inline} int wrapping_neg(int a) {\n  return int(0u - unsigned(a));\n}`,
  wrapping_abs: `${inline} int wrapping_abs(int a) {\n  return a < 0 ? int(0u - unsigned(a)) : a;\n}`,
  pack_i8:
    '// Four signed codes in one word, the first in the lowest bits.\n' +
    `${inline} unsigned pack_i8(int x, int y, int z, int w) {\n` +
    '  return (x & 0xff) | (y & 0xff) << 8 | (z & 0xff) << 16 | unsigned(w) << 24;\n}',
  pack_u8:
    '// Four codes in one word, the first in the lowest bits.\n' +
    `${inline} unsigned pack_u8(unsigned x, unsigned y, unsigned z, unsigned w) {\n` +
    '  return (x & 0xff) | (y & 0xff) << 8 | (z & 0xff) << 16 | w << 24;\n}',
  pack_f16:
    '// Two values rounded to binary16, the first in the low half.\n' +
    `${inline} unsigned pack_f16(float x, float y) {\n` +
    '  return __half_as_ushort(__float2half_rn(x)) | unsigned(__half_as_ushort(__float2half_rn(y))) << 16;\n}',
  f16_bits:
    '// The bits of the nearest binary16, ties to even; NaN gives 0x7e00.\n' +
    `${inline} unsigned f16_bits(float x) {
  unsigned bits = x != x ? 0x7e00u : __half_as_ushort(__float2half_rn(x));
  ${asWord}
  return bits;
}`,
  bf16_bits:
    '// The bits of the nearest bfloat16, ties to even; NaN gives 0x7fc0.\n' +
    `${inline} unsigned bf16_bits(float x) {
  unsigned bits = x != x ? 0x7fc0u : __bfloat16_as_ushort(__float2bfloat16_rn(x));
  ${asWord}
  return bits;
}`,
  ...float8Functions,
  nearest_code: nearestCode,
  divide_one: divideOne,
  divide_to_codes: divideToCodes,
  in_register:
    '// The constant. It takes one instruction to combine a word with two constants if the compiler knows just one of them, and two if it knows\n' +
    '// both. It does not know that a grid has at most 65535 blocks along y.\n' +
    `${inline} unsigned in_register(unsigned constant) {\n  return constant + (gridDim.y >> 16);\n}`,
  clamp:
    '// NaN and -0 pass through.\n' +
    `template <typename T>\n${inline} T clamp(T a, T low, T high) {\n  return a > high ? high : (a < low ? low : a);\n}`,
} as const

export type DeviceFunctionName = keyof typeof definitions

/** Whether a file must define the function itself. */
export const isDeviceFunction = (name: string): name is DeviceFunctionName => Object.hasOwn(definitions, name)

/** Functions that call another one. */
const callers: Readonly<Partial<Record<DeviceFunctionName, readonly DeviceFunctionName[]>>> = {
  nearest_code: ['divide_to_codes', 'divide_one'],
}

/** The definitions of the functions that were used, in one fixed order. */
export const deviceFunctions = (used: ReadonlySet<DeviceFunctionName>): string[] =>
  (Object.keys(definitions) as DeviceFunctionName[])
    .filter(name => used.has(name) || callers[name]?.some(caller => used.has(caller)) === true)
    .map(name => definitions[name])
