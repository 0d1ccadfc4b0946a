/**
 * Late steps move, copy, split and repeat the results of earlier steps, so each must be correct after any of the
 * others. `npm run fuzz -- --triples pipeline,cache,peel,fuse` tries every triple that contains one of the named kinds.
 */
import { kindOf, loadsOf, type Nest } from '@qernel/dsl'
import {
  findTransform,
  generateStep,
  leavesOf,
  listTransforms,
  loopsOf,
  type Pick,
  type Step,
  type Transform,
} from '@qernel/schedule'
import { fuse, type Idiom } from './idioms.ts'

/** `predicate(…=peel)`, treated as a separate transform when steps are combined. There is nothing to peel without vectors or copies. */
const peel: Idiom = (nest, pick) => {
  const leaves = leavesOf(nest.body)
  const guarded = leaves.flatMap(({ leaf }) => leaf.where.map(({ axis }) => axis))
  if (guarded.length === 0) return []
  const axis = pick(guarded)
  const step: Step = { transform: 'predicate', [axis]: 'peel' }
  const isCopied = leaves.some(({ around }) =>
    around.some(l => l.axis === axis && ['vector', 'unroll'].includes(kindOf(l.mode))),
  )
  return isCopied ? [step] : [{ transform: 'vectorize', [axis]: pick([2, 4]) }, step]
}

/** Loops of one iteration, such as versions, run past their end immediately. */
const split: Idiom = (nest, pick) => {
  const loops = loopsOf(nest.body).map(({ loop }) => loop)
  const single = loops.filter(({ extent }) => extent === 1)
  const { name } = pick(single.length > 0 && pick([true, false]) ? single : loops)
  return [{ transform: 'split', loop: name, by: pick([2, 3, 4]) }]
}

/** The loads of a serial loop inside another loop: no others can be pipelined. */
const pipeline: Idiom = (nest, pick) => {
  const inside = loopsOf(nest.body).filter(({ loop, around }) => loop.mode === 'serial' && around.length > 0)
  if (inside.length === 0) return []
  const { loop } = pick(inside)
  const loaded = leavesOf(loop.body).flatMap(({ leaf }) => loadsOf(leaf.value).map(({ buffer }) => buffer))
  const named = loaded.length > 0 && pick([true, true, false]) ? { buffer: pick(loaded) } : {}
  return [{ transform: 'pipeline', loop: loop.name, ...named }]
}

const place: Idiom = ({ buffers }, pick) => {
  const local = [...buffers.values()].filter(({ memory }) => memory !== 'global')
  if (local.length === 0) return []
  const { name, memory } = pick(local)
  return [{ transform: 'place', buffer: name, memory: memory === 'shared' ? 'register' : 'shared' }]
}

/** A copy of the elements read or written: of a record, of one of its fields or of several. */
const cache: Idiom = (nest, pick) => {
  const { loop } = pick(loopsOf(nest.body))
  const touched = leavesOf([loop]).flatMap(({ leaf }) => [
    leaf.buffer,
    ...loadsOf(leaf.value).map(({ buffer }) => buffer),
  ])
  const memory = pick(['shared', 'register'])
  const together = memory === 'shared' && pick([true, false]) ? { by: 'threads' } : {}
  const step: Step = { transform: 'cache', buffer: pick(touched), memory, ...together }
  return [pick([true, true, false]) ? { ...step, at: loop.name } : step]
}

const likely: Readonly<Record<string, Idiom>> = { peel, pipeline, place, cache, split, fuse }

/** Every kind of step, by name: the transforms, and `peel`. */
export const stepKinds = (): readonly string[] => [...listTransforms().map(({ name }) => name), 'peel']

/** A step of this kind that is likely to apply, for kinds where the schema alone would rarely find one. */
export function stepOfKind(kind: string): Idiom {
  const drawn: Idiom = (nest: Nest, pick: Pick) => [generateStep(nest, findTransform(kind) as Transform, pick)]
  const better = likely[kind]
  if (better === undefined) return drawn
  return kind === 'peel' ? better : (nest, pick) => (pick([true, true, false]) ? better : drawn)(nest, pick)
}

/** The most frequent late steps. A step that is listed more often is tried more often. */
export const lateSteps: readonly Idiom[] = [
  ...['place', 'place', 'pipeline', 'pipeline', 'peel', 'cache', 'cache'],
  ...['vectorize', 'vectorize', 'coarsen', 'split', 'unroll', 'hoist', 'grid', 'reorder', 'bind'],
].map(stepOfKind)

/** Three kinds of steps, one after another. */
export type Triple = readonly [string, string, string]

/** Every triple of kinds of steps that contains at least one of those named. */
export function triplesWith(named: readonly string[]): readonly Triple[] {
  const kinds = stepKinds()
  return kinds.flatMap(first =>
    kinds.flatMap(second =>
      kinds.flatMap((third): Triple[] => {
        const triple: Triple = [first, second, third]
        return triple.some(kind => named.includes(kind)) ? [triple] : []
      }),
    ),
  )
}
