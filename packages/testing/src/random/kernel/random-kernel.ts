/** Small random kernels that cover the whole language, built as authors build them. */
import {
  type Groups,
  halfSplit,
  type Index,
  i4,
  type Kernel,
  type KernelBuilder,
  kernel,
  type SizeFact,
  type SizeHandle,
  type StorageType,
  storageTypes,
  u2,
  u4,
  type Value,
} from '@qernel/dsl'
import type { Pick } from '@qernel/schedule'
import { randomValue, rounded } from './expressions.ts'
import { longValue } from './long-values.ts'
import { randomRecord } from './records.ts'
import { type Dim, type Numeric, type Readable, type Scope, walksOf } from './scope.ts'

/** Inputs, outputs and temporaries together: a device binds no more than 8 arrays. */
const mostStages = 3

/** A well-formed kernel with 1 to 3 sizes, inputs and stages. The same picks give the same kernel. */
export function randomKernel(pick: Pick, name = 'random_kernel'): Kernel {
  return kernel(name, builder => {
    const axes = ['B', 'T', 'D'].slice(-pick([1, 2, 2, 2, 3])).map(axis => randomAxis(axis, builder, pick))
    const tensors: Readable[] = []
    const declare = (make: KernelBuilder['input'], tensor: string, kind: 'any' | 'float') => {
      const dims = randomDims(axes, pick)
      const type = randomType(axes, dims, kind, pick)
      tensors.push({ load: make(tensor, type, dims), type, dims })
    }
    for (let i = pick([1, 1, 2, 2, 3]); i > 0; i--) declare(builder.input, `x${i}`, pick(['float', 'float', 'any']))
    const stages = pick([1, 1, 2, 2, mostStages])
    for (let i = 0; i < stages; i++) {
      const readable = { tensors: [...tensors], axes, reductions: pick([0, 1, 1, 1, 1, 2]) }
      if (pick([true, ...Array<boolean>(9).fill(false)])) {
        randomRecord(builder, `y${i}`, readable, pick, (type, scope) => stored(type, scope, pick))
        continue
      }
      const dims = randomDims(axes, pick)
      const type = randomType(axes, dims, 'any', pick)
      const isLast = i === stages - 1
      const make = !isLast && pick([true, false, false]) ? builder.temporary : builder.output
      const value = (...index: Index[]): Value =>
        stored(type, { ...readable, walks: dims.flatMap((dim, at) => walksOf(dim, index[at] as Index)) }, pick)
      tensors.push({ load: make(`y${i}`, type, dims, named(dims.length, value)), type, dims })
    }
  })
}

/** A size, and the groups that it is split into, if any. */
function randomAxis(
  name: string,
  { size }: KernelBuilder,
  pick: Pick,
): { size: SizeHandle; groups: Groups | undefined } {
  // Only one size is a multiple of blocks: several would make every tensor large.
  const blocks: readonly SizeFact[] = name === 'D' ? [{ multipleOf: 32 }, { multipleOf: 32 }] : []
  const facts = pick<SizeFact>([{}, {}, {}, {}, { multipleOf: 4 }, { atMost: 4096 }, ...blocks])
  const handle = size(name, facts)
  return {
    size: handle,
    groups: pick([true, false]) ? handle.groups(pick([2, 3, 4, 5, 7, 8, 8, 12, 16, 32])) : undefined,
  }
}

/** One to three dimensions: sizes (usually each one once), groups, their count, or a constant. */
function randomDims(axes: Scope['axes'], pick: Pick): Dim[] {
  const all: Dim[] = axes.flatMap(({ size, groups }): Dim[] =>
    groups === undefined ? [size, size] : [size, groups, groups.count],
  )
  const usual = axes.map(({ size, groups }) => (groups !== undefined && pick([true, false]) ? groups : size))
  switch (pick(['usual', 'usual', 'usual', 'reversed', 'free', 'constant'])) {
    case 'usual':
      return usual
    case 'reversed':
      return [...usual].reverse()
    case 'free':
      return Array.from({ length: pick([1, 2]) }, () => pick(all))
    default:
      return [...usual.slice(1), pick([1, 3, 5, 6, 8, 16, 33])]
  }
}

function randomType(axes: Scope['axes'], dims: readonly Dim[], kind: 'any' | 'float', pick: Pick): StorageType {
  const last = dims.at(-1)
  const length = typeof last === 'number' ? last : axes.find(({ size }) => size === last)?.size.size.facts.multipleOf
  if (kind === 'any' && length !== undefined && length % 32 === 0 && pick([true, false]))
    return pick([halfSplit(u4, 32), halfSplit(i4, 8), halfSplit(u2, 16), halfSplit(u2, 32)])
  const types = [...storageTypes.values()]
  return pick(kind === 'float' ? types.filter(type => type.kind === 'float') : types)
}

/** A value that the type can hold: floats are rounded first, and integers are sometimes wrapped. */
function stored(type: StorageType, scope: Scope, pick: Pick): Value {
  const depth = pick([1, 2, 2, 3, 3, 4])
  const isLong = pick([true, ...Array<boolean>(11).fill(false)])
  const value = (of: Numeric): Value => (isLong ? longValue(of, scope, pick) : randomValue(of, depth, scope, pick))
  if (type.kind === 'float') return value('f32')
  if (pick([true, false])) return rounded(value('f32'), pick).saturate(type)
  const whole = value(type.compute as 'i32' | 'u32')
  return pick([true, true, false]) ? whole.saturate(type) : whole.wrap(type)
}

/** The value with its own index names, as authors write them. */
function named(rank: number, value: (...index: Index[]) => Value): (...index: Index[]) => Value {
  if (rank === 1) return n => value(n as Index)
  return rank === 2 ? (t, d) => value(t as Index, d as Index) : (b, t, d) => value(b as Index, t as Index, d as Index)
}
