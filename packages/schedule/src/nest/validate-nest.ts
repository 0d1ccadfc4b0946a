import {
  type Affine,
  affine,
  isBound,
  isGrid,
  type Loop,
  type LoopId,
  loadsOf,
  type Nest,
  type Statement,
} from '@qernel/dsl'
import { affinesOf } from '@qernel/dsl/internal'
import { constantExtent } from './guards.ts'
import type { Leaf } from './statements.ts'
import { findUnorderedValue } from './unordered-values.ts'

/** Thrown for a nest that breaks the rules of the grammar: a bug in a transform, never a mistake of the author. */
export class InvalidNest extends Error {
  override readonly name = 'InvalidNest'
}

/**
 * Checks what the types of the IR cannot express. Runs after every transform.
 *
 * @throws InvalidNest
 */
export function validateNest(nest: Nest, when: string): void {
  const fail = (message: string): never => {
    throw new InvalidNest(`${when}: ${message}`)
  }
  const seen = new Set<LoopId>()
  // The loops around the current statement, outermost first.
  const around: Loop[] = []
  const scope = new Set<LoopId>()
  const inScope = (index: Affine, s: Leaf, what: (s: Leaf) => string): void => {
    for (const id of index.terms.keys())
      if (!scope.has(id)) fail(`${what(s)} in stage ${s.stage} uses loop ${id}, which is not around it`)
  }
  const access = (name: string, rank: number): void => {
    const buffer = nest.buffers.get(name)
    if (buffer === undefined) throw new InvalidNest(`${when}: there is no buffer ${name}`)
    if (buffer.dims.length !== rank) fail(`${name} has ${buffer.dims.length} dimensions and is accessed with ${rank}`)
    if (buffer.scope !== undefined && !scope.has(buffer.scope)) fail(`${name} is used outside the loop that owns it`)
  }
  const checkLeaf = (s: Leaf): void => {
    for (const index of s.index) inScope(index, s, ({ buffer }) => `the index of ${buffer}`)
    for (const guard of s.where) {
      inScope(guard.index, s, () => `the guard on ${guard.axis}`)
      if (guard.peeled === 'tail' && around.some(l => l.mode === 'vector' && guard.index.terms.has(l.id)))
        fail(`the lanes of a vector are partly outside ${guard.axis}`)
    }
    for (const index of affinesOf(s.value)) inScope(index, s, () => 'an index')
    access(s.buffer, s.index.length)
    for (const load of loadsOf(s.value)) access(load.buffer, load.index.length)
    if (s.kind === 'update' && s.fused && !(s.op === 'sum' && s.value.kind === 'op' && s.value.op === 'mul'))
      fail(`${s.buffer} is a fused sum of something that is no product`)
  }
  const check = (s: Statement): void => {
    if (s.kind !== 'loop') {
      checkLeaf(s)
      return
    }
    if (seen.has(s.id)) fail(`two loops have the id ${s.id} (${s.name})`)
    if (s.id >= nest.nextLoop) fail(`the id of ${s.name} is not below nextLoop`)
    seen.add(s.id)
    if (s.body.length === 0) fail(`${s.name} is empty`)
    checkMode(nest, s, around, fail)
    around.push(s)
    scope.add(s.id)
    for (const inner of s.body) check(inner)
    scope.delete(s.id)
    around.pop()
  }
  for (const s of nest.body) check(s)
  const unordered = findUnorderedValue(nest)
  if (unordered !== undefined)
    fail(
      `${unordered.buffer} hands a value from one iteration of ${unordered.loop.name} to another, which is not marked as ordered`,
    )
}

function checkMode(nest: Nest, loop: Loop, around: readonly Loop[], fail: (message: string) => void): void {
  const { mode, name } = loop
  if (isGrid(mode) && around.some(l => !isGrid(l.mode))) fail(`grid loop ${name} stands inside a loop of another kind`)
  if (isBound(mode) && loop.reduce && loop.combine === undefined)
    fail(`${name} is reduced and runs in parallel without a combine`)
  if (loop.ordered && mode !== 'serial' && mode !== 'unroll') fail(`${name} runs in order and is ${mode}`)
  if (mode !== 'serial' && mode !== 'unroll' && mode !== 'vector' && around.some(l => l.mode === mode))
    fail(`two nested loops are ${mode}`)
  if (!isGrid(mode) && mode !== 'serial' && constantExtent(nest, loop.extent) === undefined)
    fail(`${mode} loop ${name} has an extent that only the launch knows`)
  if (
    mode === 'vector' &&
    (loop.body.length !== 1 || (loop.body[0]?.kind === 'loop' && loop.body[0].mode !== 'vector'))
  )
    fail(`vector loop ${name} does not stand around a single leaf`)
  if (typeof loop.extent === 'number' && loop.extent < 1)
    fail(`${name} has ${affine.printExtent(loop.extent)} iterations`)
}
