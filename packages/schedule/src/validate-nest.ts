import { affine, affinesOf, type Buffer, type Loop, type LoopId, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { constantExtent } from './guards.ts'

/** A nest that breaks the grammar's rules: a bug in a transform, never the author's mistake. */
export class InvalidNest extends Error {
  override readonly name = 'InvalidNest'
}

/**
 * What the types of the IR cannot say. Runs after every transform.
 *
 * @throws InvalidNest
 */
export function validateNest(nest: Nest, when: string): void {
  const fail = (message: string): never => {
    throw new InvalidNest(`${when}: ${message}`)
  }
  const seen = new Set<LoopId>()
  const check = (s: Statement, around: readonly Loop[]): void => {
    if (s.kind === 'loop') {
      if (seen.has(s.id)) fail(`two loops have the id ${s.id} (${s.name})`)
      if (s.id >= nest.nextLoop) fail(`the id of ${s.name} is not below nextLoop`)
      seen.add(s.id)
      if (s.body.length === 0) fail(`${s.name} is empty`)
      checkMode(nest, s, around, fail)
      for (const inner of s.body) check(inner, [...around, s])
      return
    }
    const scope = new Set(around.map(l => l.id))
    const inScope = (ids: Iterable<LoopId>, what: string): void => {
      for (const id of ids)
        if (!scope.has(id)) fail(`${what} in stage ${s.stage} uses loop ${id}, which is not around it`)
    }
    for (const index of s.index) inScope(index.terms.keys(), `the index of ${s.buffer}`)
    for (const guard of s.where) {
      inScope(guard.index.terms.keys(), `the guard on ${guard.axis}`)
      if (guard.peeled === 'tail' && around.some(l => l.mode === 'vector' && guard.index.terms.has(l.id)))
        fail(`the lanes of a vector are partly outside ${guard.axis}`)
    }
    const accesses: { buffer: string; rank: number }[] = [{ buffer: s.buffer, rank: s.index.length }]
    for (const index of affinesOf(s.value)) inScope(index.terms.keys(), 'an index')
    for (const load of loadsOf(s.value)) accesses.push({ buffer: load.buffer, rank: load.index.length })
    for (const { buffer: name, rank } of accesses) {
      const buffer: Buffer | undefined = nest.buffers.get(name)
      if (buffer === undefined) throw new InvalidNest(`${when}: there is no buffer ${name}`)
      if (buffer.dims.length !== rank) fail(`${name} has ${buffer.dims.length} dimensions and is accessed with ${rank}`)
      if (buffer.scope !== undefined && !scope.has(buffer.scope)) fail(`${name} is used outside the loop that owns it`)
    }
  }
  for (const s of nest.body) check(s, [])
}

function checkMode(nest: Nest, loop: Loop, around: readonly Loop[], fail: (message: string) => void): void {
  const { mode, name } = loop
  if (mode.startsWith('grid') && around.some(l => !l.mode.startsWith('grid')))
    fail(`grid loop ${name} stands inside a loop of another kind`)
  if ((mode.startsWith('grid') || mode.startsWith('block')) && loop.reduce && loop.combine === undefined)
    fail(`${name} is reduced and runs in parallel without a combine`)
  if (mode !== 'serial' && mode !== 'unroll' && mode !== 'vector' && around.some(l => l.mode === mode))
    fail(`two nested loops are ${mode}`)
  if (!mode.startsWith('grid') && mode !== 'serial' && constantExtent(nest, loop.extent) === undefined)
    fail(`${mode} loop ${name} has an extent that only the launch knows`)
  if (
    mode === 'vector' &&
    (loop.body.length !== 1 || (loop.body[0]?.kind === 'loop' && loop.body[0].mode !== 'vector'))
  )
    fail(`vector loop ${name} does not stand around a single leaf`)
  if (typeof loop.extent === 'number' && loop.extent < 1)
    fail(`${name} has ${affine.printExtent(loop.extent)} iterations`)
}
