/** The target in the header of a file that a program made for one device, for example by `wgsl.compile(kernel, steps, { target: device.target })`. */
import { type Target, targetNames } from '@qernel/codegen'
import * as v from 'valibot'
import { jsonObject } from '../errors/json-shape.ts'

const flag = v.boolean()
const count = v.pipe(v.number(), v.integer())
const triple = v.strictTuple([count, count, count])

const schema = jsonObject({
  name: v.picklist(targetNames),
  numerics: jsonObject({
    division: v.picklist(['native', 'refined', 'integer']),
    constantDivisorExact: flag,
    contracts: flag,
    reassociates: flag,
    fusedFma: flag,
    packsFloat16: v.exactOptional(flag),
    sumsToNearest: v.exactOptional(flag),
  }),
  limits: jsonObject({
    workgroupThreads: count,
    workgroupSize: triple,
    workgroupsPerDimension: triple,
    sharedBytes: count,
    storageBuffers: count,
    bindingBytes: count,
  }),
  subgroup: v.exactOptional(jsonObject({ min: count, max: count })),
  nativeTypes: v.array(v.string()),
  vectorArithmetic: flag,
  unrollLoops: v.picklist(['copies', 'pragma']),
})

/** The target, or undefined if a part is missing or has the wrong type. */
export function deviceTarget(value: unknown): Target | undefined {
  // The members keep their order, so that the header is written in the same order; the output of a schema has the schema's order.
  return v.is(schema, value) ? { ...value, nativeTypes: new Set(value.nativeTypes) } : undefined
}
