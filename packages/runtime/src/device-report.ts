import type { Target } from '@qernel/codegen'
import type { Device } from './device.ts'
import type { Mismatches, NumericsProfile } from './numerics-profile.ts'

type Row = readonly [name: string, value: string]
type DivisionMismatches = NumericsProfile['division']['native']

/** What a workgroup and a launch may need on a target, as pairs of a name and a value for people. */
export function limitLines({ limits, subgroup }: Target): Row[] {
  const across = (each: readonly number[]) => each.join(' × ')
  return [
    ['threads per workgroup', `${limits.workgroupThreads}, along x × y × z ${across(limits.workgroupSize)}`],
    ['workgroups', across(limits.workgroupsPerDimension)],
    ['shared memory', `${limits.sharedBytes} bytes per workgroup`],
    ['storage buffers', String(limits.storageBuffers)],
    ['one binding', `${limits.bindingBytes} bytes`],
    ['subgroups', subgroup === undefined ? 'none' : `${subgroup.min} to ${subgroup.max} lanes`],
  ]
}

/** How a device computes where languages leave it open, as pairs of a name and a value for people. */
export function numericsLines({ profile, target: { numerics } }: Device): Row[] {
  const { division, float16Packing, float16Unpacking, squareRoot, subgroup, timestampQuantumNs } = profile
  const methods: readonly (readonly [string, DivisionMismatches | undefined])[] = [
    ['a / b', division.native],
    ['with an fma correction', division.refined],
    ['by integers', division.integer],
  ]
  return [
    ...methods.flatMap(([name, found]): Row[] => (found === undefined ? [] : [[name, divisionExactness(found)]])),
    ['x / 127', exactness(division.constantDivisor)],
    [
      'division used',
      numerics.division + (numerics.constantDivisorExact ? '' : '; literal divisors are hidden from the compiler'),
    ],
    ['fma', profile.fmaIsFused ? 'rounds once' : 'rounds twice'],
    ['a * b + c', profile.contracts ? 'may be contracted into one rounding' : 'rounds twice, as written'],
    [
      'a chain',
      profile.reassociates ? 'may be rewritten, so each result is hidden from the next' : 'rounds step by step',
    ],
    ['denormals', profile.keepsDenormals ? 'kept' : 'flushed to zero'],
    ['round', profile.roundsTiesToEven ? 'ties to even' : 'not ties to even'],
    ['sqrt', exactness(squareRoot)],
    ['f16 packing', exactness(float16Packing)],
    ['f16 unpacking', exactness(float16Unpacking)],
    ['f16 arithmetic', profile.hasFloat16 ? 'native' : 'not available; f16 arrays can still be stored'],
    ...(subgroup === undefined
      ? []
      : [['subgroup', `${subgroup.observed} lanes${subgroup.isLinear ? ', in the order of the threads' : ''}`] as Row]),
    [
      'clock',
      timestampQuantumNs === undefined
        ? 'the host’s: no timestamps'
        : `timestamps in steps of ${timestampQuantumNs} ns`,
    ],
  ]
}

const exactness = ({ mismatches, of }: Mismatches): string =>
  mismatches === 0 ? `exact (${of} tried)` : `${mismatches} of ${of} differ from IEEE-754`

/** A device that flushes denormals cannot divide them, so such mismatches are reported separately. */
function divisionExactness({ mismatches, denormal, of }: DivisionMismatches): string {
  if (denormal === 0 || mismatches > denormal) return exactness({ mismatches, of })
  return `exact except for ${denormal} quotients with denormals (${of} tried)`
}
