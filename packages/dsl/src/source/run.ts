/** Runs a kernel that is written with ordinary operators as what it is: a function on numbers. No part of the compiler takes part. */
import { integerRange, type StorageType } from '../ir/types.ts'
import { type ArrayInput, placeOf, type RunResult, type ShapedArray, shaped } from './arrays.ts'
import type { Field, FieldLayout, FieldLength, KernelBuilder } from './authoring.ts'
import { type Axis, axesIn, BoundSize, bindDimension, type Dimension, eachPoint, RunError, rangeOf } from './axes.ts'
import { saturate } from './functions.ts'

type Read = (...index: readonly number[]) => number

/** @throws RunError for arrays that do not fit */
export function runKernel(
  define: (builder: KernelBuilder) => void,
  inputs: Readonly<Record<string, ArrayInput>>,
  sizes: Readonly<Record<string, number>>,
): Record<string, RunResult> {
  const results: Record<string, RunResult> = {}
  const used = new Set<string>()
  const read = (name: string, dims: readonly Axis[]): Read => {
    const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (given === undefined) throw new RunError(`input ${name} is missing`)
    used.add(name)
    const array = shaped(name, given)
    if (array.shape.length !== dims.length)
      throw new RunError(`input ${name} has rank ${array.shape.length}; rank ${dims.length} is expected`)
    for (const [position, dim] of dims.entries()) {
      const extent = array.shape[position] as number
      bindDimension(dim as Dimension, extent, `dimension ${position + 1} of ${name}`)
      const expected = rangeOf(dim).end
      if (extent !== expected)
        throw new RunError(`dimension ${position + 1} of ${name} is ${extent}; ${expected} is expected`)
    }
    return reader(name, array)
  }
  const compute = (name: string, type: StorageType, dims: readonly Axis[], value: Read): Read => {
    const shape = dims.map(dim => rangeOf(dim).end)
    const data = new Float64Array(shape.reduce((product, extent) => product * extent, 1))
    eachPoint(dims, (...index) => {
      data[placeOf(name, shape, index)] = storedAs(name, type, Number(value(...index)))
    })
    const result = { shape, data }
    results[name] = result
    return reader(name, result)
  }
  const stage: KernelBuilder['output'] = (name, type, dims, value) =>
    compute(name, type, axesIn(dims), value as unknown as Read)
  define({
    size: (name, facts = {}) =>
      new BoundSize(name, facts, Object.hasOwn(sizes, name) ? sizes[name] : undefined) as unknown as number & BoundSize,
    input: (name, _type, dims) => read(name, dims),
    output: stage,
    temporary: stage,
    inputRecord: (name, dims, fields) =>
      eachField<FieldLayout, Read, typeof fields>(fields, (field, { length }) =>
        read(`${name}.${field}`, [...axesIn(dims), ...lengthAxes(length)]),
      ),
    outputRecord: (name, dims, fields) =>
      eachField<Field, Read, typeof fields>(fields, (field, { type, length, value }) =>
        compute(`${name}.${field}`, type, [...axesIn(dims), ...lengthAxes(length)], value),
      ),
  })
  for (const name of Object.keys(inputs)) if (!used.has(name)) throw new RunError(`there is no input ${name}`)
  return results
}

/** Subscripts that a value gives (a codebook) are clamped to the dimension, as in the compiled kernel. */
function reader(name: string, { shape, data }: ShapedArray): Read {
  return (...index) => {
    if (shape.includes(0)) return 0
    const within = index.map((i, axis) => Math.max(0, Math.min(Number(i), (shape[axis] as number) - 1)))
    return data[placeOf(name, shape, within)] as number
  }
}

const lengthAxes = (length: FieldLength | undefined): readonly Axis[] => (length === undefined ? [] : axesIn(length))

/** Integers are clamped to their type, NaN is 0. Floats keep float64. */
function storedAs(name: string, type: StorageType, value: number): number {
  if (type.kind === 'float') return value
  if (Number.isFinite(value) && !Number.isInteger(value)) {
    const { low, high } = integerRange(type)
    throw new RunError(`${name} is ${type.name} (${low} … ${high}), but a value of it is ${value}: round it first`)
  }
  return saturate(value, type)
}

function eachField<Given, Made, Fields extends Readonly<Record<string, Given>>>(
  fields: Fields,
  make: (name: string, field: Given) => Made,
): { readonly [Name in keyof Fields]: Made } {
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, make(name, one)])) as {
    readonly [Name in keyof Fields]: Made
  }
}
