/** The target in the header of a file that a program made for one device, as `wgsl.compile(kernel, steps, { target: device.target })` does. */
import { isTargetName, type Target } from '@qernel/codegen'

type Fields = Readonly<Record<string, unknown>>

/** The target, or undefined where it is not all there. */
export function deviceTarget(value: unknown): Target | undefined {
  if (!isFields(value)) return undefined
  const { name, numerics, limits, subgroup, nativeTypes, vectorArithmetic, unrollLoops } = value
  const isWhole =
    isTargetName(name) &&
    isFields(numerics) &&
    ['native', 'refined', 'integer'].some(each => each === numerics.division) &&
    ['constantDivisorExact', 'contracts', 'reassociates', 'fusedFma'].every(
      each => typeof numerics[each] === 'boolean',
    ) &&
    isFields(limits) &&
    ['workgroupThreads', 'sharedBytes', 'storageBuffers', 'bindingBytes'].every(each =>
      Number.isInteger(limits[each]),
    ) &&
    ['workgroupSize', 'workgroupsPerDimension'].every(each => isTriple(limits[each])) &&
    (subgroup === undefined ||
      (isFields(subgroup) && Number.isInteger(subgroup.min) && Number.isInteger(subgroup.max))) &&
    Array.isArray(nativeTypes) &&
    nativeTypes.every(each => typeof each === 'string') &&
    typeof vectorArithmetic === 'boolean' &&
    (unrollLoops === 'copies' || unrollLoops === 'pragma')
  // Every member was looked at.
  return isWhole ? ({ ...value, nativeTypes: new Set(nativeTypes) } as unknown as Target) : undefined
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTriple = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 3 && value.every(each => Number.isInteger(each))
