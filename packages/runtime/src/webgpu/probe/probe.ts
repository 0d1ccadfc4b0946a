import type { Numerics } from '@qernel/codegen'
import type { NumericsProfile } from '../../numerics-profile.ts'
export async function probeNumerics(device: GPUDevice, info: GPUAdapterInfo): Promise<NumericsProfile> {
  const none = { mismatches: 0, of: 0 }
  return {
    division: { native: none, constantDivisor: none },
    fmaIsFused: false,
    contracts: false,
    keepsDenormals: true,
    roundsTiesToEven: true,
    squareRoot: none,
    float16Packing: none,
    hasFloat16: device.features.has('shader-f16'),
  }
}
export function exactNumerics(profile: NumericsProfile): Numerics {
  return { division: 'native', constantDivisorExact: false, contracts: profile.contracts }
}
