import { integerDivision, refinedDivision } from '@qernel/codegen-wgsl/exact-division'
import type { DivisionMismatches, Mismatches, NumericsProfile } from '../../numerics-profile.ts'
import { evaluate } from './evaluate.ts'
import { floatBits, hardQuotients, isDenormal, isSameFloat, isSmallestNormal, type Quotients } from './operands.ts'

/** Enough for hundreds of mismatches on every inexact division seen so far, few enough for a software GPU. */
const quotientCount = 98_304

const nativeDivision = 'fn div_f32(a: f32, b: f32) -> f32 { return a / b; }'

/** Literal divisors of quantizers, which a compiler may turn into products. */
const constants = [3, 7, 15, 127, 255]

/** Tries the ways to divide, cheapest first, until one is exact on this device. */
export async function probeDivision(device: GPUDevice): Promise<NumericsProfile['division']> {
  const quotients = hardQuotients(quotientCount)
  const constantDivisor = await tryConstantDivisors(device)
  const native = await tryDivision(device, 'native division', nativeDivision, quotients)
  if (isExactOnNormals(native)) return { native, constantDivisor }
  const refined = await tryDivision(device, 'refined division', refinedDivision, quotients)
  if (isExactOnNormals(refined)) return { native, refined, constantDivisor }
  const integer = await tryDivision(device, 'integer division', integerDivision, quotients)
  return { native, refined, integer, constantDivisor }
}

/**
 * Whether a division can be used. Denormals don't count: where a device flushes them in `/` it does so in every operation, and no division can
 * mend that; where it does not, no division was seen to get them wrong alone.
 */
export function isExactOnNormals(tried: DivisionMismatches | undefined): boolean {
  return tried !== undefined && tried.mismatches === tried.denormal
}

/** @param division defines `fn div_f32(a: f32, b: f32) -> f32`. */
export async function tryDivision(
  device: GPUDevice,
  name: string,
  division: string,
  { dividends, divisors, expected }: Quotients,
): Promise<DivisionMismatches> {
  const found = await evaluate(device, {
    name,
    inputs: [dividends, divisors],
    count: dividends.length,
    outputs: dividends.length,
    declarations: division,
    body: 'out[i] = bitcast<u32>(div_f32(bitcast<f32>(in0[i]), bitcast<f32>(in1[i])));',
  })
  let mismatches = 0
  let denormal = 0
  for (let index = 0; index < expected.length; index++) {
    const words = [dividends[index] as number, divisors[index] as number, expected[index] as number] as const
    if (isSameFloat(found[index] as number, words[2])) continue
    mismatches++
    if (words.some(isDenormal) || isSmallestNormal(words[2])) denormal++
  }
  return { mismatches, denormal, of: expected.length }
}

async function tryConstantDivisors(device: GPUDevice): Promise<Mismatches> {
  const dividends = Uint32Array.from({ length: 1024 }, (_, index) => floatBits((index + 1) / 8))
  const expected = new Uint32Array(dividends.length * constants.length)
  dividends.forEach((_, index) => {
    constants.forEach((constant, k) => {
      expected[index * constants.length + k] = floatBits((index + 1) / 8 / constant)
    })
  })
  const found = await evaluate(device, {
    name: 'constant divisors',
    inputs: [dividends],
    count: dividends.length,
    outputs: expected.length,
    body: constants
      .map(
        (constant, k) => `out[i * ${constants.length}u + ${k}u] = bitcast<u32>(bitcast<f32>(in0[i]) / ${constant}.0);`,
      )
      .join('\n    '),
  })
  return countMismatches(found, expected)
}

export function countMismatches(found: Uint32Array, expected: Uint32Array): Mismatches {
  let mismatches = 0
  for (let index = 0; index < expected.length; index++) {
    if (!isSameFloat(found[index] as number, expected[index] as number)) mismatches++
  }
  return { mismatches, of: expected.length }
}
