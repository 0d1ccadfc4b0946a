import { float16Bits, float16Value } from '@qernel/dsl'
import type { Mismatches, NumericsProfile } from '../../numerics-profile.ts'
import { countMismatches } from './division.ts'
import { evaluate } from './evaluate.ts'
import { floatBits, randomWords } from './operands.ts'

type Arithmetic = Pick<
  NumericsProfile,
  'fmaIsFused' | 'contracts' | 'reassociates' | 'keepsDenormals' | 'roundsTiesToEven'
>

/** Expressions of three f32 operands `a`, `b`, `c`, and what IEEE-754 gives where each operation is rounded by itself. */
const ties = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 8388607.5]
const roundedTies = [0, 2, 2, -0, -2, -2, 8388608]

/** Facts that one value tells. */
export async function probeArithmetic(device: GPUDevice): Promise<Arithmetic> {
  // (1 + 2^-12)² = 1 + 2^-11 + 2^-24; rounded, the last term is lost, and the sum with −(1 + 2^-11) is 0.
  const factor = 1 + 2 ** -12
  const operands = [factor, factor, -(1 + 2 ** -11), 2 ** -126, 0.5, 2 ** -149, 2 ** 23, ...ties].map(floatBits)
  const found = await evaluate(device, {
    name: 'arithmetic',
    inputs: [Uint32Array.from(operands)],
    count: 1,
    outputs: operands.length,
    declarations: 'fn operand(i: u32) -> f32 { return bitcast<f32>(in0[i]); }',
    body: `out[0] = bitcast<u32>(fma(operand(0), operand(1), operand(2)));
    out[1] = bitcast<u32>(operand(0) * operand(1) + operand(2));
    out[2] = bitcast<u32>(operand(3) * operand(4));
    out[3] = bitcast<u32>(operand(5) * operand(6));
    for (var k = 7u; k < ${operands.length}u; k++) { out[k] = bitcast<u32>(round(operand(k))); }`,
  })
  const values = new Float32Array(found.buffer)
  return {
    fmaIsFused: values[0] === 2 ** -24,
    contracts: values[1] !== 0,
    reassociates: await probeReassociation(device),
    keepsDenormals: values[2] === 2 ** -127 && values[3] === 2 ** -126,
    // Compared as values: the sign of a zero is not what a tie is about.
    roundsTiesToEven: roundedTies.every((expected, k) => (values[7 + k] as number) === expected),
  }
}

/** Chains of operations that compilers like to rewrite, as WGSL and as IEEE-754 rounds them. */
const chains: readonly (readonly [wgsl: string, meaning: (a: number, b: number) => number])[] = [
  ['(a * 1.1) * 0.3', a => fround(fround(a * fround(1.1)) * fround(0.3))],
  ['(a + 0.1) + 0.2', a => fround(fround(a + fround(0.1)) + fround(0.2))],
  ['(a - 0.1) + 0.2', a => fround(fround(a - fround(0.1)) + fround(0.2))],
  ['(a / b) * 0.3', (a, b) => fround(fround(a / b) * fround(0.3))],
  ['(a * b) / b', (a, b) => fround(fround(a * b) / b)],
  ['(a / b) * b', (a, b) => fround(fround(a / b) * b)],
  ['(a + b) - a', (a, b) => fround(fround(a + b) - a)],
  ['(a + 1.0) * 0.3', a => fround(fround(a + 1) * fround(0.3))],
  ['a * 0.0', a => a * 0],
  ['a + 0.0', a => a + 0],
  ['0.0 / a', a => 0 / a],
  ['a - a', a => a - a],
]
const { fround } = Math

/** Whether any chain comes out otherwise than rounded step by step. No step is one that a device may round in its own way, or contract. */
async function probeReassociation(device: GPUDevice): Promise<boolean> {
  const random = randomWords(0x1b873593)
  const count = 512
  const special = [Number.NaN, Number.POSITIVE_INFINITY, -0, 0].map(floatBits)
  const left = Uint32Array.from({ length: count }, (_, i) => special[i] ?? (random() & 0x807fffff) | (127 << 23))
  // Products with powers of two and quotients by them are exact everywhere.
  const right = Uint32Array.from({ length: count }, () => (random() & 0x80000000) | ((120 + (random() % 15)) << 23))
  const found = await evaluate(device, {
    name: 'chains of operations',
    inputs: [left, right],
    count,
    outputs: chains.length * count,
    body: `let a = bitcast<f32>(in0[i]);
    let b = bitcast<f32>(in1[i]);
    ${chains.map(([wgsl], k) => `out[i + ${k * count}u] = bitcast<u32>(${wgsl});`).join('\n    ')}`,
  })
  const values = new Float32Array(found.buffer)
  return chains.some(([, meaning], k) =>
    Array.from(left).some((_, i) => {
      const expected = meaning(floatValue(left[i] as number), floatValue(right[i] as number))
      return !Object.is(values[i + k * count], expected)
    }),
  )
}

/** Square roots, and widening of every finite binary16 value, counted against correct rounding. */
export async function probeConversions(
  device: GPUDevice,
): Promise<Pick<NumericsProfile, 'squareRoot' | 'float16Packing' | 'float16Unpacking'>> {
  const random = randomWords(0x2545f491)
  const finiteHalves = Uint32Array.from({ length: 0x7c00 }, (_, half) => half)
  const count = finiteHalves.length
  const roots = Uint32Array.from({ length: count }, () => (random() & 0x007fffff) | ((64 + (random() % 128)) << 23))
  const found = await evaluate(device, {
    name: 'conversions',
    inputs: [roots, finiteHalves],
    count,
    outputs: 2 * count,
    body: `out[i] = bitcast<u32>(sqrt(bitcast<f32>(in0[i])));
    out[i + ${count}u] = bitcast<u32>(unpack2x16float(in1[i]).x);`,
  })
  const unpacked = finiteHalves.map(half => floatBits(float16Value(half)))
  return {
    squareRoot: countMismatches(
      found,
      roots.map(bits => floatBits(Math.sqrt(floatValue(bits)))),
    ),
    float16Unpacking: countMismatches(found.subarray(count), unpacked),
    float16Packing: await tryFloat16Packing(device, nativePacking),
  }
}

const nativePacking = 'fn pack_f16x2(values: vec2f) -> u32 { return pack2x16float(values); }'

/** @param packing defines `fn pack_f16x2(values: vec2f) -> u32`. */
export async function tryFloat16Packing(device: GPUDevice, packing: string): Promise<Mismatches> {
  const values = hardFloat16Values()
  const found = await evaluate(device, {
    name: 'binary16 packing',
    inputs: [values],
    count: values.length,
    outputs: values.length,
    declarations: packing,
    body: 'out[i] = pack_f16x2(vec2f(bitcast<f32>(in0[i]), 1.0));',
  })
  let mismatches = 0
  values.forEach((bits, index) => {
    const word = found[index] as number
    const expected = float16Bits(floatValue(bits))
    const isSame = (word & 0xffff) === expected || (expected === 0x7e00 && (word & 0x7fff) > 0x7c00)
    // The other half holds 1 and must not be touched by what happens in this one.
    if (!isSame || word >>> 16 !== 0x3c00) mismatches++
  })
  return { mismatches, of: values.length }
}

/** Midpoints of neighbouring binary16 values and the floats next to them, special values, overflow; with both signs. */
function hardFloat16Values(): Uint32Array<ArrayBuffer> {
  const random = randomWords(0x6b8b4567)
  const special = [0, 1, 0x00400000, 0x00800000, 0x33000000, 0x33000001, 0x477fefff, 0x477ff000, 0x47800000, 0x7f7fffff]
  const values = [...special, 0x7f800000, 0x7fc00000]
  for (let index = 0; index < 4096; index++) {
    const half = index < 1024 ? index : random() % 0x7bff
    const midpoint = floatBits((float16Value(half) + float16Value(half + 1)) / 2)
    values.push(midpoint + (index % 3) - 1)
  }
  return Uint32Array.from(values, (bits, index) => (index % 2 === 0 ? bits : bits | 0x80000000))
}

function floatValue(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0] as number
}
