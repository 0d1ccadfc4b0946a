/** Buffers in registers: each thread has its own, and may access only the part that its enclosing loops assign to it. */
import {
  type Affine,
  affine,
  type Buffer,
  dimensionOf,
  isAffine,
  isBlock,
  isBound,
  isGrid,
  type Loop,
  type LoopMode,
  loadsOf,
  type Nest,
  type Statement,
} from '@qernel/dsl'
import { flatMap, memoize } from '@qernel/dsl/internal'
import { type Dispatch, runningThreads, workgroupOf } from '../nest/dispatches.ts'
import { constantExtent } from '../nest/guards.ts'
import { type LeafPath, leavesOf, loopsOf } from '../nest/statements.ts'
import { type Refusal, refuse } from './refusal.ts'

/** One access to a local buffer. */
export interface PrivateAccess {
  /** Undefined along a dimension whose subscript depends on the data. */
  readonly index: readonly (Affine | undefined)[]
  readonly around: readonly Loop[]
}

const isThread = ({ mode }: Loop): boolean => isBound(mode)

/** The part of an index that one thread loops over. */
export const ownPart = (a: Affine, around: readonly Loop[]): Affine => ({
  constant: a.constant,
  terms: affine.part(a, id => !around.some(l => l.id === id && isThread(l))).terms,
})

/** Every access to a local buffer. */
export function privateAccesses(nest: Nest, buffer: string): readonly PrivateAccess[] {
  return accessesByBuffer(nest.body).get(buffer) ?? []
}

const accessesByBuffer = memoize((body: readonly Statement[]): ReadonlyMap<string, readonly PrivateAccess[]> => {
  const found = new Map<string, PrivateAccess[]>()
  const add = (buffer: string, access: PrivateAccess): void => {
    const before = found.get(buffer)
    if (before === undefined) found.set(buffer, [access])
    else before.push(access)
  }
  for (const { leaf, around } of leavesOf(body)) {
    add(leaf.buffer, { index: leaf.index, around })
    for (const load of loadsOf(leaf.value))
      add(load.buffer, { index: load.index.map(s => (isAffine(s) ? s : undefined)), around })
  }
  return found
}, 16)

/** How many elements one thread holds along each dimension. */
export function privateDims(nest: Nest, buffer: Buffer): number[] {
  const accesses = privateAccesses(nest, buffer.name)
  return buffer.dims.map((_, dimension) =>
    Math.max(
      1,
      ...accesses.map(({ index, around }) => {
        const own = ownPart(index[dimension] as Affine, around)
        let largest = own.constant
        for (const [id, c] of own.terms)
          largest += c * Math.max(0, (constantExtent(nest, (around.find(l => l.id === id) as Loop).extent) ?? 1) - 1)
        return largest + 1
      }),
    ),
  )
}

/** The owner of a part of a local buffer: threads own registers, workgroups own shared memory. */
const owners = {
  register: { owns: isThread, name: 'thread' },
  shared: { owns: ({ mode }: Loop) => isGrid(mode), name: 'workgroup' },
}

/** A refusal if two accesses to a local buffer give their owner different parts of it, or if a thread would read a register that only others write. */
export function findForeignRead(nest: Nest): Refusal | undefined {
  // Without threads there is only one owner.
  if (!loopsOf(nest.body).some(({ loop }) => isThread(loop))) return undefined
  for (const buffer of nest.buffers.values()) {
    if (buffer.memory === 'global' || buffer.dims.length === 0) continue
    const { owns, name } = owners[buffer.memory]
    const [first, ...others] = privateAccesses(nest, buffer.name)
    if (first === undefined) continue
    const expected = buffer.dims.map((_, dimension) => ownership(nest, first, dimension, owns))
    for (const access of [first, ...others])
      for (const [dimension, owner] of expected.entries()) {
        if (owner !== undefined && ownership(nest, access, dimension, owns) === owner) continue
        return refuse(
          'not-owner',
          `${buffer.name} is private to the ${name} that writes it, and another ${name} would read it`,
          access.around.filter(owns).map(l => l.id),
        )
      }
  }
  return findThreadThatNeverWrites(nest)
}

/**
 * A refusal if fewer threads write a register than read it. The loop that determines how many write need not be in an
 * index of the buffer: the tail of a peeled loop is one iteration, so if it is bound to block.x, only the first thread
 * runs it.
 */
function findThreadThatNeverWrites(nest: Nest): Refusal | undefined {
  if (![...nest.buffers.values()].some(({ memory }) => memory === 'register')) return undefined
  for (const statement of nest.body) {
    const threads = flatMap(loopsOf([statement]), ({ loop }) => (isBlock(loop.mode) ? [loop] : []))
    const workgroup = workgroupOf(nest, threads)
    // If the loops along each dimension are equally long, every thread that reads also writes.
    if (threads.every(({ mode, extent }) => constantExtent(nest, extent) === along(workgroup, mode))) continue
    const leaves = leavesOf([statement])
    const readers = readingThreads(nest, leaves, workgroup)
    for (const { leaf, around } of leaves) {
      if (nest.buffers.get(leaf.buffer)?.memory !== 'register') continue
      const writing = runningThreads(nest, leaf, around, workgroup)
      const isMore = (n: number, at: number): boolean => n > (writing[at] as number)
      const reading = readers.get(leaf.buffer)?.find(threads => threads.some(isMore))
      if (reading === undefined) continue
      const d = reading.findIndex(isMore)
      // Without a loop along the dimension, all threads write their private copies.
      const loop = around.find(({ mode }) => mode === `block.${dimensions[d]}`) as Loop
      return refuse(
        'not-owner',
        `${leaf.buffer} is private to the thread that writes it; ${reading[d]} threads along ${dimensions[d]} read it, but ${loop.name} lets only ${writing[d]} write it`,
        [loop.id],
      )
    }
  }
  return undefined
}

const dimensions = ['x', 'y', 'z'] as const

function along(workgroup: Dispatch['workgroup'], mode: LoopMode): number | undefined {
  const dimension = dimensionOf(mode)
  return dimension && workgroup[dimensions.indexOf(dimension)]
}

/** For each buffer, the threads along x, y and z that read it, once per reading statement. An update reads what it changes. */
function readingThreads(
  nest: Nest,
  leaves: readonly LeafPath[],
  workgroup: Dispatch['workgroup'],
): ReadonlyMap<string, readonly (readonly number[])[]> {
  const readers = new Map<string, (readonly number[])[]>()
  for (const { leaf, around } of leaves) {
    const running = runningThreads(nest, leaf, around, workgroup)
    // All threads run a combine, but those without an iteration read nothing.
    const reading = dimensions.map((dimension, d) => {
      const loop = around.find(({ mode }) => mode === `block.${dimension}`)
      return (loop && constantExtent(nest, loop.extent)) ?? (running[d] as number)
    })
    if (reading.includes(0)) continue
    const read = [...loadsOf(leaf.value).map(load => load.buffer), ...(leaf.kind === 'update' ? [leaf.buffer] : [])]
    for (const buffer of new Set(read)) readers.set(buffer, [...(readers.get(buffer) ?? []), reading])
  }
  return readers
}

/**
 * The owner of an element, as text: the digits of its position that the thread supplies. A thread loop c · i with i < n
 * is a digit if all other terms are multiples of c · n or together stay below c; otherwise undefined, since two threads
 * would hold one element.
 */
function ownership(
  nest: Nest,
  { index, around }: PrivateAccess,
  dimension: number,
  owns: (loop: Loop) => boolean,
): string | undefined {
  const place = index[dimension]
  // A data-dependent position can be anywhere.
  if (place === undefined) return ''
  const { constant, terms } = place
  const digits: { readonly c: number; readonly owner: LoopMode | undefined; readonly extent: number | undefined }[] = []
  let hasOwners = false
  for (const [id, c] of terms) {
    const loop = around.find(l => l.id === id) as Loop
    hasOwners ||= owns(loop)
    digits.push({ c, owner: owns(loop) ? loop.mode : undefined, extent: constantExtent(nest, loop.extent) })
  }
  if (!hasOwners) return ''
  const found: string[] = []
  for (const digit of digits) {
    if (digit.owner === undefined || digit.extent === 1) continue
    const { c, extent, owner } = digit
    const next = extent === undefined ? undefined : c * extent
    let below = next === undefined ? constant : constant % next
    for (const other of digits) {
      if (other === digit || (next !== undefined && other.c % next === 0)) continue
      below += other.c * ((other.extent ?? Number.POSITIVE_INFINITY) - 1)
    }
    if (below >= c) return undefined
    found.push(`${c}*${owner}<${extent ?? ''}`)
  }
  return found.sort().join('+')
}
