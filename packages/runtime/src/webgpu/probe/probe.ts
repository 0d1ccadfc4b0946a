import type { Numerics } from '@qernel/codegen'
import type { NumericsProfile } from '../../numerics-profile.ts'
import { probeArithmetic, probeConversions } from './arithmetic.ts'
import { isExactOnNormals, probeDivision } from './division.ts'
import { probeSubgroup } from './subgroup.ts'
import { probeTimestampQuantum } from './timestamp-quantum.ts'

/** Measures the behavior of a device in cases that WGSL leaves open, by running small shaders on it. */
export async function probeNumerics(device: GPUDevice, info: GPUAdapterInfo): Promise<NumericsProfile> {
  const division = await probeDivision(device)
  const arithmetic = await probeArithmetic(device)
  const conversions = await probeConversions(device)
  const subgroup = await probeSubgroup(device, info)
  const timestampQuantumNs = await probeTimestampQuantum(device)
  return {
    division,
    ...arithmetic,
    ...conversions,
    ...(subgroup === undefined ? {} : { subgroup }),
    hasFloat16: device.features.has('shader-f16'),
    ...(timestampQuantumNs === undefined ? {} : { timestampQuantumNs }),
  }
}

/** The numerics of a target from a profile, with the cheapest division that was exact on all tested operands. */
export function exactNumerics(profile: NumericsProfile): Numerics {
  const { division, contracts, reassociates, fmaIsFused, float16Packing } = profile
  const { native, refined, constantDivisor } = division
  return {
    division: isExactOnNormals(native) ? 'native' : isExactOnNormals(refined) ? 'refined' : 'integer',
    constantDivisorExact: constantDivisor.mismatches === 0,
    contracts,
    reassociates,
    fusedFma: fmaIsFused,
    packsFloat16: float16Packing.mismatches === 0,
    // Correctly rounded quotients were computed from such sums, or by a unit that rounds sums correctly as well.
    sumsToNearest: isExactOnNormals(native) || isExactOnNormals(refined),
  }
}
