/** Buffers in registers: each thread has its own, and may only touch what the loops around it make its own. */
import {
  type Affine,
  affine,
  type Buffer,
  isAffine,
  type Loop,
  type LoopMode,
  loadsOf,
  type Nest,
  remember,
  type Statement,
} from '@qernel/dsl'
import { constantExtent } from './guards.ts'
import { type Refusal, refuse } from './refusal.ts'
import { leavesOf, loopsOf } from './statements.ts'

/** One access to a private buffer. */
export interface PrivateAccess {
  readonly index: readonly Affine[]
  readonly around: readonly Loop[]
}

const isThread = ({ mode }: Loop): boolean => mode.includes('.')

/** The part of an index that a thread walks itself. */
export const ownPart = (a: Affine, around: readonly Loop[]): Affine => ({
  constant: a.constant,
  terms: affine.part(a, id => !around.some(l => l.id === id && isThread(l))).terms,
})

/** Every access to a buffer in registers. */
export function privateAccesses(nest: Nest, buffer: string): readonly PrivateAccess[] {
  return accessesByBuffer(nest.body).get(buffer) ?? []
}

const accessesByBuffer = remember((body: readonly Statement[]): ReadonlyMap<string, readonly PrivateAccess[]> => {
  const found = new Map<string, PrivateAccess[]>()
  const add = (buffer: string, access: PrivateAccess): void => {
    const before = found.get(buffer)
    if (before === undefined) found.set(buffer, [access])
    else before.push(access)
  }
  for (const { leaf, around } of leavesOf(body)) {
    add(leaf.buffer, { index: leaf.index, around })
    for (const load of loadsOf(leaf.value)) add(load.buffer, { index: load.index.filter(isAffine), around })
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
          largest += c * ((constantExtent(nest, (around.find(l => l.id === id) as Loop).extent) ?? 1) - 1)
        return largest + 1
      }),
    ),
  )
}

/** A refusal if two accesses to a private buffer give the thread different parts of it. */
export function findForeignRead(nest: Nest): Refusal | undefined {
  // Without threads there is one owner for all.
  if (!loopsOf(nest.body).some(({ loop }) => isThread(loop))) return undefined
  for (const buffer of nest.buffers.values()) {
    if (buffer.memory !== 'register' || buffer.dims.length === 0) continue
    const [first, ...others] = privateAccesses(nest, buffer.name)
    if (first === undefined) continue
    const expected = buffer.dims.map((_, dimension) => ownership(nest, first, dimension))
    for (const access of [first, ...others])
      for (const [dimension, owner] of expected.entries()) {
        if (owner !== undefined && ownership(nest, access, dimension) === owner) continue
        return refuse(
          'not-owner',
          `${buffer.name} is private to the thread that writes it, and another thread would read it`,
          access.around.filter(isThread).map(l => l.id),
        )
      }
  }
  return undefined
}

/**
 * Which thread an element belongs to, as text: the digits of its position that the thread supplies. Each thread loop of c · i
 * with i < n is a digit where all other terms are either multiples of c · n or stay below c together; undefined where they are
 * not, so that two threads would hold one element.
 */
function ownership(nest: Nest, { index, around }: PrivateAccess, dimension: number): string | undefined {
  const { constant, terms } = index[dimension] as Affine
  const digits: { readonly c: number; readonly mode: LoopMode; readonly extent: number | undefined }[] = []
  let hasThreads = false
  for (const [id, c] of terms) {
    const loop = around.find(l => l.id === id) as Loop
    hasThreads ||= isThread(loop)
    digits.push({ c, mode: loop.mode, extent: constantExtent(nest, loop.extent) })
  }
  if (!hasThreads) return ''
  const owners: string[] = []
  for (const digit of digits) {
    if (!digit.mode.includes('.') || digit.extent === 1) continue
    const { c, extent, mode } = digit
    const next = extent === undefined ? undefined : c * extent
    let below = next === undefined ? constant : constant % next
    for (const other of digits) {
      if (other === digit || (next !== undefined && other.c % next === 0)) continue
      below += other.c * ((other.extent ?? Number.POSITIVE_INFINITY) - 1)
    }
    if (below >= c) return undefined
    owners.push(`${c}*${mode}<${extent ?? ''}`)
  }
  return owners.sort().join('+')
}
