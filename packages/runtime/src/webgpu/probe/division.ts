import { integerDivision, refinedDivision } from '@qernel/codegen-wgsl/exact-division'
import type { DivisionMismatches, Mismatches, NumericsProfile } from '../../numerics-profile.ts'
import { constantDivisors, constantQuotients, countMismatches, divisionMismatches } from '../../probe/expectations.ts'
import { hardQuotients, type Quotients } from '../../probe/operands.ts'
import { evaluate } from './evaluate.ts'

/** Enough to give hundreds of mismatches on every inexact division seen so far, and few enough for a software GPU. */
const quotientCount = 98_304

const nativeDivision = 'fn div_f32(a: f32, b: f32) -> f32 { return a / b; }'

/** Tries the divisions, cheapest first, until one is exact on this device. */
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
 * Whether a division can be used. Mismatches with denormals do not count: a device that flushes denormals in `/` does so in every operation, which no
 * division can repair, and on other devices no division was seen that gets only denormals wrong.
 */
export function isExactOnNormals(tried: DivisionMismatches | undefined): boolean {
  return tried !== undefined && tried.mismatches === tried.denormal
}

/** @param division defines `fn div_f32(a: f32, b: f32) -> f32`. */
export async function tryDivision(
  device: GPUDevice,
  name: string,
  division: string,
  quotients: Quotients,
): Promise<DivisionMismatches> {
  const { dividends, divisors } = quotients
  const found = await evaluate(device, {
    name,
    inputs: [dividends, divisors],
    count: dividends.length,
    outputs: dividends.length,
    declarations: division,
    body: 'out[i] = bitcast<u32>(div_f32(bitcast<f32>(in0[i]), bitcast<f32>(in1[i])));',
  })
  return divisionMismatches(found, quotients)
}

async function tryConstantDivisors(device: GPUDevice): Promise<Mismatches> {
  const { dividends, expected } = constantQuotients()
  const found = await evaluate(device, {
    name: 'constant divisors',
    inputs: [dividends],
    count: dividends.length,
    outputs: expected.length,
    body: constantDivisors
      .map(
        (constant, k) =>
          `out[i * ${constantDivisors.length}u + ${k}u] = bitcast<u32>(bitcast<f32>(in0[i]) / ${constant}.0);`,
      )
      .join('\n    '),
  })
  return countMismatches(found, expected)
}
