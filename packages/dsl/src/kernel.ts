import * as affine from './affine.ts'
import { DefinitionError, here, within } from './definition-error.ts'
import { identityOf } from './identity.ts'
import type {
  Axis,
  Buffer,
  Expr,
  Extent,
  Guard,
  Kernel,
  LoopId,
  ReduceOperation,
  Size,
  SizeFact,
  Stage,
  Subscript,
} from './ir.ts'
import { integerRange, type StorageType } from './types.ts'
import { validateKernel } from './validate-kernel.ts'
import { apply, constantExpr, Index, type Operand, Value } from './value.ts'

/** A symbolic length, bound at launch or fixed when compiling. */
export interface SizeHandle {
  readonly kind: 'size'
  readonly size: Size
  /** The axis in groups of `n`: as a dimension its index knows its `group`; `count` is the number of groups. */
  groups(n: number): Groups
  /** The size as an i32 value. */
  value(): Value
}

/** An axis cut into groups of `length`; the last one may be shorter unless the size is a declared multiple. */
export interface Groups {
  readonly kind: 'groups'
  readonly of: Size
  readonly length: number
  /** The number of groups, as a dimension. */
  readonly count: GroupCount
  /** The elements of one group, as the axis of a reduction. */
  at(group: Index): GroupElements
}
export interface GroupCount {
  readonly kind: 'count'
  readonly extent: Extent
  readonly name: string
}
export interface GroupElements {
  readonly kind: 'elements'
  readonly groups: Groups
  readonly group: Index
}

/** One dimension of a tensor. */
export type DimensionHandle = SizeHandle | Groups | GroupCount | number
/** What a reduction may run over. */
export type ReductionAxis = SizeHandle | Groups | GroupElements | GroupCount | number

/** A tensor: called with one index a dimension it gives the element. A `Value` as an index is a gather (a codebook). */
export type TensorHandle = ((...index: readonly (Index | number | Value)[]) => Value) & {
  readonly buffer: Buffer
}

export interface KernelBuilder {
  /** Declares a size with the facts that hold at every launch, e.g. `size('D', { multipleOf: 32 })`. */
  size(name: string, facts?: SizeFact): SizeHandle
  input(name: string, type: StorageType, dims: readonly DimensionHandle[]): TensorHandle
  /** A stage whose tensor the caller receives; `value` is called once with the indices of one element. */
  output(
    name: string,
    type: StorageType,
    dims: readonly DimensionHandle[],
    value: (...index: Index[]) => Operand,
  ): TensorHandle
  /** A stage whose tensor only later stages read. */
  temporary(
    name: string,
    type: StorageType,
    dims: readonly DimensionHandle[],
    value: (...index: Index[]) => Operand,
  ): TensorHandle
}

interface Build {
  nextAxis: LoopId
}
let current: Build | undefined

/** Names that would collide with generated code or with the schedule language. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  tensor: ['stage', 'transform', 'sizes'],
  size: ['stage', 'transform', 'zero'],
  // A step names axes and loops as its arguments, beside these two.
  index: ['stage', 'transform'],
}

/**
 * Defines a kernel. `summary` is one line: formula, shapes, source.
 *
 * @throws DefinitionError naming the stage, the operand and what is expected.
 */
export function kernel(name: string, define: (builder: KernelBuilder) => void, summary = ''): Kernel {
  return within(`kernel ${name}`, () => {
    checkName('kernel', name)
    const outer = current
    const build: Build = { nextAxis: 0 }
    current = build
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
      (tensor: string, type: StorageType, dims: readonly DimensionHandle[], value: (...index: Index[]) => Operand) =>
        within(`stage ${tensor}`, () => {
          declare('tensor', tensor)
          const names = parameterNames(value)
          if (value.length > dims.length)
            throw new DefinitionError(
              `${here()}: its function takes ${value.length} indices, the tensor has ${dims.length} ${dims.length === 1 ? 'dimension' : 'dimensions'}`,
            )
          const buffer = declareTensor(tensor, role, type, dims)
          const axes: Axis[] = []
          const where: Guard[] = []
          const indices = dims.map((dim, position) =>
            openDimension(dim, names[position] || `i${position}`, axes, where),
          )
          const result = store(value(...indices), type)
          tensors.push(buffer)
          stages.push({ tensor, axes, index: indices.map(index => index.affine), where, value: result })
          return handle(buffer)
        })
    try {
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
        output: stage('output'),
        temporary: stage('temporary'),
      })
    } finally {
      current = outer
    }
    if (!stages.some(s => tensors.some(t => t.name === s.tensor && t.role === 'output')))
      throw new DefinitionError(`${here()}: it has no output; declare one with output(name, type, dims, value)`)
    const defined: Kernel = { name, summary, sizes, tensors, stages }
    validateKernel(defined)
    return defined
  })
}

function sizeHandle(declared: Size): SizeHandle {
  return {
    kind: 'size',
    size: declared,
    groups: n => {
      if (!Number.isInteger(n) || n < 1)
        throw new DefinitionError(`${here()}: ${declared.name}.groups(${n}) needs a whole number of at least 1`)
      const groups: Groups = {
        kind: 'groups',
        of: declared,
        length: n,
        count: { kind: 'count', extent: { size: declared.name, dividedBy: n }, name: `${declared.name}/${n}` },
        at: group => ({ kind: 'elements', groups, group }),
      }
      return groups
    },
    value: () => new Value({ kind: 'size', type: 'i32', size: declared.name }),
  }
}

function extentOf(dim: DimensionHandle): Extent {
  if (typeof dim === 'number') return dim
  if (dim.kind === 'size') return { size: dim.size.name, dividedBy: 1 }
  return dim.kind === 'groups' ? { size: dim.of.name, dividedBy: 1 } : dim.extent
}

function declareTensor(
  name: string,
  role: Buffer['role'],
  type: StorageType,
  dims: readonly DimensionHandle[],
): Buffer {
  if (dims.length === 0) throw new DefinitionError(`${here()}: a tensor has at least one dimension`)
  for (const dim of dims)
    if (typeof dim === 'number' && !(Number.isInteger(dim) && dim >= 1))
      throw new DefinitionError(`${here()}: the dimension ${dim} is not a whole number of at least 1`)
  return { name, memory: 'global', role, type, dims: dims.map(extentOf) }
}

/** Opens the axes of one dimension and gives the index that walks it. */
function openDimension(dim: DimensionHandle, name: string, axes: Axis[], where: Guard[]): Index {
  if (typeof dim !== 'number' && dim.kind === 'groups') return openGroups(dim, name, axes, where)
  const axis: Axis = { id: fresh(), name, extent: extentOf(dim) }
  axes.push(axis)
  const index = affine.variable(axis.id)
  where.push({ axis: name, index, below: axis.extent })
  return new Index(index)
}

function openGroups(dim: Groups, name: string, axes: Axis[], where: Guard[]): Index {
  const group: Axis = { id: fresh(), name: `${name}_group`, extent: dim.count.extent }
  const element: Axis = { id: fresh(), name, extent: dim.length }
  axes.push(group, element)
  const groupIndex = affine.variable(group.id)
  const index = affine.add(affine.scale(groupIndex, dim.length), affine.variable(element.id))
  where.push({ axis: name, index, below: { size: dim.of.name, dividedBy: 1 } })
  return new Index(index, new Index(groupIndex))
}

const fresh = (): LoopId => {
  if (current === undefined) throw new DefinitionError('indices exist only while a kernel is being defined')
  return current.nextAxis++
}

function handle(buffer: Buffer): TensorHandle {
  const load = (...index: readonly (Index | number | Value)[]): Value => {
    if (index.length !== buffer.dims.length)
      throw new DefinitionError(
        `${here()}: ${buffer.name} has rank ${buffer.dims.length} (${buffer.dims.map(affine.printExtent).join(' × ')}) and is called with ${index.length} ${index.length === 1 ? 'index' : 'indices'}`,
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
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0) return affine.constant(index)
  if (index instanceof Value && (index.type === 'i32' || index.type === 'u32')) return index.expr
  const found =
    index instanceof Value
      ? `a value of type ${index.type}`
      : typeof index === 'number'
        ? `the number ${index}`
        : `of type ${typeof index}`
  throw new DefinitionError(
    `${here()}: index ${position + 1} of ${buffer.name} is ${found}; expected an index, a whole number, or an i32 or u32 value`,
  )
}

function storedNumber(value: number, type: StorageType): Expr {
  if (type.kind !== 'float') {
    const { low, high } = integerRange(type)
    if (!(Number.isInteger(value) && value >= low && value <= high))
      throw new DefinitionError(
        `${here()}: its value is the number ${value}; ${type.name} holds whole numbers from ${low} to ${high}`,
      )
  }
  return constantExpr(value, type.compute)
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
      throw new DefinitionError(`${here()}: its value is ${result.type}; ${type.name} holds f32; write .toF32()`)
    return result.expr
  }
  if (
    result.expr.kind === 'op' &&
    (result.expr.op === 'saturate' || result.expr.op === 'wrap') &&
    result.expr.to === type
  )
    return result.expr
  if (result.type === type.compute && type.bits === 32) return result.expr
  return result.saturate(type).expr
}

// ─── Reductions and two-operand functions ────────────────────────────────────────────────────────────────────────────

type Body = (...index: Index[]) => Operand

/** @param named the function whose parameters name the axes */
function reduction(
  op: ReduceOperation,
  over: ReductionAxis | readonly ReductionAxis[],
  body: Body,
  named: Body = body,
): Value {
  const list = Array.isArray(over) ? (over as readonly ReductionAxis[]) : [over as ReductionAxis]
  return within(`${op} over ${list.map(describeAxis).join(' × ')}`, () => {
    const axes: Axis[] = []
    const where: Guard[] = []
    const names = parameterNames(named)
    const indices = list.map((axis, position) => {
      const name = names[position] || `r${position}`
      if (typeof axis === 'number' && !(Number.isInteger(axis) && axis >= 1))
        throw new DefinitionError(`${here()}: ${axis} is not a whole number of at least 1`)
      if (typeof axis !== 'number' && axis.kind === 'elements') {
        const element: Axis = { id: fresh(), name, extent: axis.groups.length }
        axes.push(element)
        const index = affine.add(affine.scale(axis.group.affine, axis.groups.length), affine.variable(element.id))
        where.push({ axis: name, index, below: { size: axis.groups.of.name, dividedBy: 1 } })
        return new Index(index, axis.group)
      }
      return openDimension(axis, name, axes, where)
    })
    const result = body(...indices)
    const value =
      typeof result === 'number' ? new Value({ kind: 'const', type: 'f32', value: Math.fround(result) }) : result
    if (!(value instanceof Value))
      throw new DefinitionError(`${here()}: its function returns ${typeof result}; a value is expected`)
    if (value.type === 'bool') throw new DefinitionError(`${here()}: its body is bool; expected f32, i32 or u32`)
    const identity = startOf(op, value.expr)
    return new Value({ kind: 'reduce', type: value.type, op, axes, identity, where, body: value.expr })
  })
}

/**
 * The value of a fold over nothing. The maximum of a body that cannot be negative starts at 0, so that an empty or all-NaN
 * row has a finite maximum and no target needs an infinity.
 */
function startOf(op: ReduceOperation, body: Expr): number {
  return op === 'max' && isNonNegative(body) ? 0 : identityOf(op, body.type)
}

const isNonNegative = (e: Expr): boolean =>
  (e.kind === 'const' && e.value >= 0 && !Object.is(e.value, -0)) ||
  (e.kind === 'op' && e.op === 'abs' && e.type === 'f32') ||
  (e.kind === 'op' && (e.op === 'max' || e.op === 'min') && e.args.every(isNonNegative))

type Reducer = (over: ReductionAxis | readonly ReductionAxis[], body: Body) => Value

/** A tensor is a function as well, but one that lacks its call. */
const isBody = (x: unknown): x is Body => typeof x === 'function' && !('buffer' in x)
const isAxis = (x: unknown): x is ReductionAxis | readonly ReductionAxis[] =>
  Array.isArray(x) || (typeof x === 'object' && x !== null && 'kind' in x)

/** `max(T, t => …)`: the largest over an axis. `max(a, b)`: the larger of two values. A NaN loses. */
export function max(over: ReductionAxis | readonly ReductionAxis[], body: Body): Value
export function max(a: Operand, b: Operand): Value
export function max(a: ReductionAxis | readonly ReductionAxis[] | Operand, b: Body | Operand): Value {
  return extreme('max', a, b)
}

/** `min(T, t => …)`: the smallest over an axis. `min(a, b)`: the smaller of two values. A NaN loses. */
export function min(over: ReductionAxis | readonly ReductionAxis[], body: Body): Value
export function min(a: Operand, b: Operand): Value
export function min(a: ReductionAxis | readonly ReductionAxis[] | Operand, b: Body | Operand): Value {
  return extreme('min', a, b)
}

const extreme = (op: 'min' | 'max', a: ReductionAxis | readonly ReductionAxis[] | Operand, b: Body | Operand): Value =>
  isBody(b) && (typeof a === 'number' || isAxis(a)) ? reduction(op, a, b) : apply(op, a as Operand, b as Operand)

/** The sum over one or several axes, added in row-major order, rounded after each addition. */
export const sum: Reducer = (over, body) => {
  if ((!isAxis(over) && typeof over !== 'number') || !isBody(body))
    throw new DefinitionError(`${here()}: sum needs an axis and a function`)
  return reduction('sum', over, body)
}

const noIndex = 2 ** 31 - 1

/** The lowest index at which the body is largest (NaN ignored), as i32; 0 where there is none. Two exact reductions. */
export const argmax = (over: ReductionAxis, body: (index: Index) => Value): Value => argument('max', over, body)
/** The lowest index at which the body is smallest (NaN ignored), as i32; 0 where there is none. */
export const argmin = (over: ReductionAxis, body: (index: Index) => Value): Value => argument('min', over, body)

function argument(op: 'min' | 'max', over: ReductionAxis, body: (index: Index) => Value): Value {
  const one = body as Body
  const best = reduction(op, over, one)
  const first = reduction(
    'min',
    over,
    index =>
      body(index as Index)
        .eq(best)
        .select((index as Index).value(), noIndex),
    one,
  )
  return first.eq(noIndex).select(0, first)
}

export const abs = (a: Value): Value => apply('abs', a)
export const fma = (a: Value, b: Operand, c: Operand): Value => apply('fma', a, b, c)
/** `whenTrue` where `condition` (bool) holds, else `whenFalse`. */
export const select = (condition: Value, whenTrue: Operand, whenFalse: Operand): Value =>
  condition.select(whenTrue, whenFalse)

// ─── Names and facts ─────────────────────────────────────────────────────────────────────────────────────────────────

function checkName(what: string, name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
    throw new DefinitionError(
      `${here()}: the ${what} name '${name}' is not a letter followed by letters, digits and _ (63 at most)`,
    )
  if (reserved[what]?.includes(name)) throw new DefinitionError(`${here()}: the ${what} name '${name}' is reserved`)
}

function checkFacts(name: string, facts: SizeFact): void {
  for (const [fact, value] of Object.entries(facts))
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw new DefinitionError(
        `${here()}: size ${name}: ${fact} is ${value}; a whole number of at least 1 is expected`,
      )
}

function describeAxis(axis: ReductionAxis): string {
  if (typeof axis === 'number') return String(axis)
  if (axis.kind === 'size') return axis.size.name
  if (axis.kind === 'count') return axis.name
  return axis.kind === 'elements' ? `a group of ${axis.groups.of.name}` : axis.of.name
}

/** The author's own index names, read off the arrow function, so that loops and generated code carry them; '' for others. */
function parameterNames(value: (...index: Index[]) => unknown): string[] {
  const list = /^\(([^)]*)\)\s*=>|^([A-Za-z_$][\w$]*)\s*=>|^function\s*\w*\(([^)]*)\)/.exec(value.toString())
  const names = (list?.[1] ?? list?.[2] ?? list?.[3] ?? '').split(',').map(name => name.trim())
  return names.map(name => {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return ''
    checkName('index', name)
    return name
  })
}
