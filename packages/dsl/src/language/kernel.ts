import { isSize } from '../interpret/sizes.ts'
import * as affine from '../ir/affine.ts'
import type { Axis, Buffer, Expr, Guard, Kernel, Size, SizeFact, Stage, Subscript } from '../ir/ir.ts'
import { flatMap } from '../ir/map-list.ts'
import { nameOfStage } from '../ir/name-of-stage.ts'
import type { StorageType } from '../ir/types.ts'
import { largestSize } from '../numbers/whole-numbers.ts'
import {
  checkKind,
  checkLength,
  type DimensionHandle,
  extentOf,
  openDimension,
  type Several,
  type SizeHandle,
  sizeHandle,
  withFreshAxes,
} from './axes.ts'
import { storedNumber } from './constant.ts'
import { DefinitionError, here, within } from './definition-error.ts'
import { checkName, namedAxes } from './names.ts'
import { type Field, type FieldLayout, type RecordHandle, recordBuffer, recordHandle, recordStages } from './records.ts'
import { validateKernel } from './validate-kernel.ts'
import { Index, isStored, type Operand, Value } from './value.ts'

/** A tensor: called with one index per dimension it gives the element. A `Value` as an index is a gather (a codebook). */
export type TensorHandle = ((...index: readonly (Index | number | Value)[]) => Value) & {
  readonly buffer: Buffer
}

/** The argument of a definition's function: it declares sizes, inputs, outputs, temporaries and records. */
export interface KernelBuilder {
  /** Declares a size with the facts that hold at every launch, e.g. `size('D', { multipleOf: 32 })`. */
  size(name: string, facts?: SizeFact): SizeHandle
  input(name: string, type: StorageType, dims: readonly DimensionHandle[]): TensorHandle
  /**
   * A stage whose tensor the caller receives; `value` is called once with the indices of one element. `dims` in order,
   * `[T, D]`, or by the names of their axes, `{ t: T, d: D }`.
   */
  output(
    name: string,
    type: StorageType,
    dims: Several<DimensionHandle>,
    value: (...index: Index[]) => Operand,
  ): TensorHandle
  /**
   * An array of records, stored as u8 with the fields one after another. Records that are not whole 32-bit words share
   * a row along the last dimension: `outputRecord('blocks', [T, D.groups(32).count], { d: field(f16, …), q: field(i8,
   * 32, …) })` is [T, 34 · D/32]. Records along constant dimensions at the end share a row too.
   */
  outputRecord<Fields extends Readonly<Record<string, Field>>>(
    name: string,
    dims: Several<DimensionHandle>,
    fields: Fields,
  ): RecordHandle<Fields>
  /** An input array of records: `inputRecord('blocks', dims, { d: { type: f16 }, q: { type: i8, length: 32 } })`. */
  inputRecord<Fields extends Readonly<Record<string, FieldLayout>>>(
    name: string,
    dims: Several<DimensionHandle>,
    fields: Fields,
  ): RecordHandle<Fields>
  /** A stage whose tensor is read only by later stages. */
  temporary(
    name: string,
    type: StorageType,
    dims: Several<DimensionHandle>,
    value: (...index: Index[]) => Operand,
  ): TensorHandle
}

/**
 * Defines a kernel. `summary` is one line: formula, shapes, source.
 *
 * @throws DefinitionError naming the stage, the operand and what is expected.
 */
export function kernel(name: string, define: (builder: KernelBuilder) => void, summary = ''): Kernel {
  return within(`kernel ${name}`, () => {
    checkName('kernel', name)
    const sizes: Size[] = []
    const tensors: Buffer[] = []
    const stages: Stage[] = []
    const taken = new Set<string>()
    const declare = (what: string, given: string) => {
      checkName(what, given)
      if (taken.has(given)) throw new DefinitionError(`${here()}: the name ${given} is declared twice`)
      taken.add(given)
    }
    const stage =
      (role: 'output' | 'temporary') =>
      (tensor: string, type: StorageType, dims: Several<DimensionHandle>, value: (...index: Index[]) => Operand) =>
        within(`stage ${tensor}`, () => {
          declare('tensor', tensor)
          const named = namedAxes(dims, value, 'i')
          if (value.length > named.length)
            throw new DefinitionError(
              `${here()}: its function takes ${value.length} indices, but the tensor has ${named.length} ${named.length === 1 ? 'dimension' : 'dimensions'}`,
            )
          const buffer = declareTensor(
            tensor,
            role,
            type,
            named.map(({ axis }) => axis),
          )
          const axes: Axis[] = []
          const where: Guard[] = []
          const indices = named.map(({ name, axis }) => openDimension(axis, name, axes, where))
          const result = store(value(...indices), type)
          tensors.push(buffer)
          stages.push({ tensor, axes, index: indices.map(index => index.affine), where, value: result })
          return handle(buffer)
        })
    withFreshAxes(() => {
      define({
        size: (given, facts = {}) => {
          declare('size', given)
          checkFacts(given, facts)
          const declared: Size = { name: given, facts }
          sizes.push(declared)
          return sizeHandle(declared)
        },
        input: (given, type, dims) =>
          within(`input ${given}`, () => {
            declare('tensor', given)
            const buffer = declareTensor(given, 'input', type, dims)
            tensors.push(buffer)
            return handle(buffer)
          }),
        inputRecord: (given, dims, fields) =>
          within(`input ${given}`, () => {
            declare('tensor', given)
            const buffer = recordBuffer(given, 'input', dims, fields)
            tensors.push(buffer)
            return recordHandle(buffer, dims, fields)
          }),
        outputRecord: (given, dims, fields) =>
          within(`record ${given}`, () => {
            declare('tensor', given)
            const buffer = recordBuffer(given, 'output', dims, fields)
            for (const one of recordStages(given, dims, fields)) {
              declare('stage', nameOfStage(one))
              stages.push(one)
            }
            tensors.push(buffer)
            return recordHandle(buffer, dims, fields)
          }),
        output: stage('output'),
        temporary: stage('temporary'),
      })
    })
    if (!stages.some(s => tensors.some(t => t.name === s.tensor && t.role === 'output')))
      throw new DefinitionError(`${here()}: it has no output; declare one with output(name, type, dims, value)`)
    const defined: Kernel = { name, summary, sizes: sizes.map(size => limited(size, tensors)), tensors, stages }
    validateKernel(defined)
    return defined
  })
}

/** Limits a size so that the bytes of rows of records, which are longer, can also be numbered. */
function limited({ name, facts }: Size, tensors: readonly Buffer[]): Size {
  const limits = flatMap(tensors, ({ dims }) =>
    flatMap(dims, dim =>
      typeof dim === 'number' || dim.size !== name || dim.times === undefined
        ? []
        : [Math.floor(largestSize / dim.times) * dim.dividedBy],
    ),
  )
  const atMost = Math.min(facts.atMost ?? largestSize, ...limits)
  return { name, facts: atMost === largestSize ? facts : { ...facts, atMost } }
}

function declareTensor(
  name: string,
  role: Buffer['role'],
  type: StorageType,
  dims: readonly DimensionHandle[],
): Buffer {
  if (dims.length === 0) throw new DefinitionError(`${here()}: a tensor needs at least one dimension`)
  for (const dim of dims) if (typeof dim === 'number') checkLength(dim, 'a dimension')
  for (const [position, dim] of dims.entries()) checkKind(dim, 'dimension', `${position + 1} of ${name}`)
  return { name, memory: 'global', role, type, dims: dims.map(extentOf) }
}

function handle(buffer: Buffer): TensorHandle {
  const load = (...index: readonly (Index | number | Value)[]): Value => {
    if (index.length !== buffer.dims.length)
      throw new DefinitionError(
        `${here()}: ${buffer.name} has rank ${buffer.dims.length} (${buffer.dims.map(affine.printExtent).join(' × ')}) but is called with ${index.length} ${index.length === 1 ? 'index' : 'indices'}`,
      )
    return new Value({
      kind: 'load',
      type: buffer.type.compute,
      buffer: buffer.name,
      index: index.map((i, position) => subscript(buffer, i, position)),
    })
  }
  return Object.assign(load, { buffer })
}

function subscript(buffer: Buffer, index: unknown, position: number): Subscript {
  if (index instanceof Index) return index.affine
  if (typeof index === 'number' && isSize(index)) return affine.constant(index)
  if (index instanceof Value && (index.type === 'i32' || index.type === 'u32')) return index.expr
  const found =
    index instanceof Value
      ? `a value of type ${index.type}`
      : typeof index === 'number'
        ? `the number ${index}`
        : `of type ${typeof index}`
  throw new DefinitionError(
    `${here()}: index ${position + 1} of ${buffer.name} is ${found}; expected an index, a whole number from 0 to ${largestSize}, or an i32 or u32 value`,
  )
}

/** The value as it is stored: numbers become constants, floats saturate into integer types. */
function store(result: Operand, type: StorageType): Expr {
  if (typeof result === 'number') return storedNumber(result, type)
  if (!(result instanceof Value))
    throw new DefinitionError(
      `${here()}: its function returns ${result === undefined ? 'nothing' : `something of type ${typeof result}`}; a value is expected`,
    )
  if (result.type === 'bool')
    throw new DefinitionError(`${here()}: its value is bool; ${type.name} is expected; use select(1, 0)`)
  if (type.kind === 'float') {
    if (result.type !== 'f32')
      throw new DefinitionError(`${here()}: its value is ${result.type}, but ${type.name} holds f32; write .toF32()`)
    return result.expr
  }
  return isStored(result, type) ? result.expr : result.saturate(type).expr
}

function checkFacts(name: string, facts: SizeFact): void {
  for (const [fact, value] of Object.entries(facts))
    if (value !== undefined) checkLength(value, `${fact} of size ${name}`)
}
