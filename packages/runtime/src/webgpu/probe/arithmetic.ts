import { float16Bits, float16Value } from '@qernel/dsl'
import type { NumericsProfile } from '../../numerics-profile.ts'
import { countMismatches } from './division.ts'
import { evaluate } from './evaluate.ts'
import { floatBits, randomWords } from './operands.ts'

type Arithmetic = Pick<NumericsProfile, 'fmaIsFused' | 'contracts' | 'keepsDenormals' | 'roundsTiesToEven'>

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
    keepsDenormals: values[2] === 2 ** -127 && values[3] === 2 ** -126,
    // Compared as values: the sign of a zero is not what a tie is about.
    roundsTiesToEven: roundedTies.every((expected, k) => (values[7 + k] as number) === expected),
  }
}

/** Square roots and conversions between f32 and binary16, counted against correct rounding. */
export async function probeConversions(
  device: GPUDevice,
): Promise<Pick<NumericsProfile, 'squareRoot' | 'float16Packing' | 'float16Unpacking'>> {
  const random = randomWords(0x2545f491)
  const roots = Uint32Array.from({ length: 4096 }, () => (random() & 0x007fffff) | ((64 + (random() % 128)) << 23))
  // Half of them midpoints of two binary16 values, denormal ones among them, half of them any.
  const wide = Uint32Array.from({ length: 4096 }, (_, index) => {
    const half = random() % 0x7bff
    const midpoint = floatBits((float16Value(half) + float16Value(half + 1)) / 2)
    return (index % 2 === 0 ? midpoint : (midpoint & 0xff800000) | (random() & 0x007fffff)) | (random() & 0x80000000)
  })
  const finiteHalves = Uint32Array.from({ length: 0x7c00 }, (_, half) => half)
  const count = finiteHalves.length
  const padded = (words: Uint32Array) => {
    const result = new Uint32Array(count)
    result.set(words)
    return result
  }
  const found = await evaluate(device, {
    name: 'conversions',
    inputs: [padded(roots), padded(wide), finiteHalves],
    count,
    outputs: 3 * count,
    body: `out[i] = bitcast<u32>(sqrt(bitcast<f32>(in0[i])));
    out[i + ${count}u] = pack2x16float(vec2f(bitcast<f32>(in1[i]), 0.0));
    out[i + ${2 * count}u] = bitcast<u32>(unpack2x16float(in2[i]).x);`,
  })
  return {
    squareRoot: countMismatches(
      found,
      roots.map(bits => floatBits(Math.sqrt(floatValue(bits)))),
    ),
    float16Packing: countMismatches(
      found.subarray(count),
      wide.map(bits => float16Bits(floatValue(bits))),
    ),
    float16Unpacking: countMismatches(
      found.subarray(2 * count),
      finiteHalves.map(half => floatBits(float16Value(half))),
    ),
  }
}

function floatValue(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0] as number
}
