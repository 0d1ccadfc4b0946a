/** Bytes that a scheduled kernel moves between global memory and its threads, compared with the fewest possible. */
import { affine, type Buffer, type Loop, type Nest } from '@qernel/dsl'
import { type Dispatch, dispatchesOf, runningThreads } from '../nest/dispatches.ts'
import { accessesOf } from '../nest/nest-accesses.ts'
import type { Leaf } from '../nest/statements.ts'
import { type AccessShape, accessShape, type CostTarget } from './cost-access.ts'
import { countPoints } from './cost-points.ts'

/** One access of the nest, and how often it runs. */
export interface AccessCost extends AccessShape {
  readonly buffer: string
  readonly kind: 'load' | 'store' | 'update'
  readonly stage: string
  /** Position of the dispatch that it belongs to. */
  readonly dispatch: number
  /** Elements moved; a loop that does not change the position counts once. */
  readonly elements: number
  /** Elements moved again by loops that do not change the position, such as a scale that many threads need. Caches serve most of them. */
  readonly repeated: number
}

/** All traffic of one tensor. */
export interface TensorCost {
  readonly tensor: string
  readonly role: Buffer['role']
  readonly elements: number
  /** How often each element is read and written: elements moved ÷ elements, without repeats. */
  readonly reads: number
  readonly writes: number
  readonly readBytes: number
  readonly writtenBytes: number
  /** Bytes of repeated reads, reported separately. */
  readonly repeatedBytes: number
  /** One read of an input, one write of an output. */
  readonly minimumBytes: number
}

/** The traffic of a nest to and from global memory at given sizes, in bytes and in loads and stores. */
export interface NestCost {
  readonly accesses: readonly AccessCost[]
  readonly tensors: readonly TensorCost[]
  readonly readBytes: number
  readonly writtenBytes: number
  readonly repeatedBytes: number
  /** Each input once and each output once. */
  readonly minimumReadBytes: number
  readonly minimumWrittenBytes: number
  /** Elements of the largest input or output, the unit of "per element". */
  readonly elements: number
}

/**
 * Counts the traffic at given sizes: every executed load and store of global memory, but not registers and shared memory.
 *
 * @param sizes a value for each size of the kernel
 */
export function costOf(nest: Nest, sizes: ReadonlyMap<string, number>, target: CostTarget = {}): NestCost {
  const dispatches = dispatchesOf(nest)
  const accesses = accessesOf(nest, 'global').map(
    ({ buffer, kind, index, loops, leaf, around, dispatch }): AccessCost => {
      const { executed, distinct } = countPoints(around, leaf.where, loops, sizes)
      const { workgroup } = dispatches[dispatch] as Dispatch
      const alike = threadsAlike(nest, leaf, around, workgroup)
      return {
        buffer: buffer.name,
        kind,
        stage: leaf.stage,
        dispatch,
        elements: distinct,
        repeated: executed * alike - distinct,
        ...accessShape(nest, buffer, index, leaf, around, kind, workgroup, target),
      }
    },
  )
  const tensors = [...nest.buffers.values()]
    .filter(buffer => buffer.memory === 'global')
    .map(buffer => tensorCost(buffer, accesses, sizes))
  const total = (of: (cost: TensorCost) => number) => tensors.reduce((sum, tensor) => sum + of(tensor), 0)
  return {
    accesses,
    tensors,
    readBytes: total(t => t.readBytes),
    writtenBytes: total(t => t.writtenBytes),
    repeatedBytes: total(t => t.repeatedBytes),
    minimumReadBytes: total(t => (t.role === 'input' ? t.minimumBytes : 0)),
    minimumWrittenBytes: total(t => (t.role === 'output' ? t.minimumBytes : 0)),
    elements: Math.max(0, ...tensors.map(t => (t.role === 'temporary' ? 0 : t.elements))),
  }
}

/** The number of threads that repeat the same work, because no loop around the leaf distinguishes them. */
function threadsAlike(nest: Nest, leaf: Leaf, around: readonly Loop[], workgroup: Dispatch['workgroup']): number {
  const running = runningThreads(nest, leaf, around, workgroup)
  return (['x', 'y', 'z'] as const).reduce(
    (count, d, i) => (around.some(({ mode }) => mode === `block.${d}`) ? count : count * (running[i] as number)),
    1,
  )
}

function tensorCost(
  { name, role, type, dims }: Buffer,
  accesses: readonly AccessCost[],
  sizes: ReadonlyMap<string, number>,
): TensorCost {
  const elements = dims.reduce<number>((product, dim) => product * affine.extentValue(dim, sizes), 1)
  const bytes = (count: number): number => (count * type.bits) / 8
  const own = accesses.filter(access => access.buffer === name)
  // An update reads what it writes.
  const moved = (kinds: readonly AccessCost['kind'][], of: 'elements' | 'repeated') =>
    own.reduce((sum, access) => sum + (kinds.includes(access.kind) ? access[of] : 0), 0)
  const read = moved(['load', 'update'], 'elements')
  const written = moved(['store', 'update'], 'elements')
  const times = (count: number): number => (elements === 0 ? 0 : count / elements)
  return {
    tensor: name,
    role,
    elements,
    reads: times(read),
    writes: times(written),
    readBytes: bytes(read),
    writtenBytes: bytes(written),
    repeatedBytes: bytes(moved(['load', 'store', 'update'], 'repeated')),
    minimumBytes: role === 'temporary' ? 0 : bytes(elements),
  }
}
