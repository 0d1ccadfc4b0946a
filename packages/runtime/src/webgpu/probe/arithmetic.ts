import type { Mismatches, NumericsProfile } from '../../numerics-profile.ts'
import {
  anyChainDiffers,
  arithmeticOperands,
  chainOperands,
  chains,
  conversionOperands,
  countMismatches,
  firstTie,
  float16Mismatches,
  hardFloat16Values,
  readArithmetic,
} from '../../probe/expectations.ts'
import { evaluate } from './evaluate.ts'

type Arithmetic = Pick<
  NumericsProfile,
  'fmaIsFused' | 'contracts' | 'reassociates' | 'keepsDenormals' | 'roundsTiesToEven'
>

/** Probes facts that single values reveal, and reassociation. */
export async function probeArithmetic(device: GPUDevice): Promise<Arithmetic> {
  const operands = arithmeticOperands()
  const found = await evaluate(device, {
    name: 'arithmetic',
    inputs: [operands],
    count: 1,
    outputs: operands.length,
    declarations: 'fn operand(i: u32) -> f32 { return bitcast<f32>(in0[i]); }',
    body: `out[0] = bitcast<u32>(fma(operand(0), operand(1), operand(2)));
    out[1] = bitcast<u32>(operand(0) * operand(1) + operand(2));
    out[2] = bitcast<u32>(operand(3) * operand(4));
    out[3] = bitcast<u32>(operand(5) * operand(6));
    for (var k = ${firstTie}u; k < ${operands.length}u; k++) { out[k] = bitcast<u32>(round(operand(k))); }`,
  })
  return { ...readArithmetic(new Float32Array(found.buffer)), reassociates: await probeReassociation(device) }
}

/** Whether the result of any chain differs from rounding step by step. */
async function probeReassociation(device: GPUDevice): Promise<boolean> {
  const operands = chainOperands()
  const { left, right, count } = operands
  const found = await evaluate(device, {
    name: 'chains of operations',
    inputs: [left, right],
    count,
    outputs: chains.length * count,
    body: `let a = bitcast<f32>(in0[i]);
    let b = bitcast<f32>(in1[i]);
    ${chains.map(([wgsl], k) => `out[i + ${k * count}u] = bitcast<u32>(${wgsl});`).join('\n    ')}`,
  })
  return anyChainDiffers(new Float32Array(found.buffer), operands)
}

/** Counts mismatches of square roots, and of conversions from and to binary16. */
export async function probeConversions(
  device: GPUDevice,
): Promise<Pick<NumericsProfile, 'squareRoot' | 'float16Packing' | 'float16Unpacking'>> {
  const { roots, halves, expectedRoots, expectedFloats } = conversionOperands()
  const count = halves.length
  const found = await evaluate(device, {
    name: 'conversions',
    inputs: [roots, halves],
    count,
    outputs: 2 * count,
    body: `out[i] = bitcast<u32>(sqrt(bitcast<f32>(in0[i])));
    out[i + ${count}u] = bitcast<u32>(unpack2x16float(in1[i]).x);`,
  })
  return {
    squareRoot: countMismatches(found, expectedRoots),
    float16Unpacking: countMismatches(found.subarray(count), expectedFloats),
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
  return float16Mismatches(found, values)
}
