/** One invocation writes each packed word whole: the legality rule for sub-word stores and its automatic repair. */
import { affine, type Buffer, type Loop, type Nest } from '@qernel/dsl'
import { elementsPerUnit, flatMap } from '@qernel/dsl/internal'
import { constantExtent } from '../nest/guards.ts'
import { type Leaf, type LeafPath, leavesOf } from '../nest/statements.ts'
import type { Step } from '../steps/transform.ts'
import { vectorize } from '../transforms/vectorize.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Names of the storage types that the target addresses directly; elements of other types share words. */
export type NativeTypes = ReadonlySet<string>

/** How many elements of a buffer one store must cover. */
export function storeUnit(buffer: Buffer, native: NativeTypes): number {
  return buffer.memory !== 'global' || native.has(buffer.type.name) ? 1 : elementsPerUnit(buffer.type)
}

/**
 * The steps to put in front of a schedule so that every word has one owner: none if it already has, a refusal if the
 * author's own vectors split words.
 */
export function vectorsOfWholeWords(nest: Nest, native: NativeTypes): Step[] | Refusal {
  const repairs = new Map<string, Step>()
  for (const { leaf, around, unit } of sharedWords(nest, native)) {
    const buffer = nest.buffers.get(leaf.buffer) as Buffer
    const axis = packedAxis(leaf, around)
    const vector = around.find(l => l.axis === axis && l.mode === 'vector')
    if (axis === undefined)
      return refuse('word-split', `${leaf.buffer} is packed along an axis that no loop runs over`, [])
    if (vector !== undefined)
      return refuse(
        'word-split',
        `${vector.name} holds ${constantExtent(nest, vector.extent)} elements, but a word of ${leaf.buffer} holds ${unit} ${buffer.type.name}`,
        [vector.id],
        [unit, unit * 2, unit * 4].filter(n => n <= 128).map(n => `vectorize(${axis}=${n})`),
      )
    repairs.set(`${leaf.stage}.${axis}`, vectorize({ [axis]: unit, access: 1, stage: leaf.stage }))
  }
  return [...repairs.values()]
}

/** The stores that write parts of words. */
const sharedWords = (nest: Nest, native: NativeTypes): (LeafPath & { readonly unit: number })[] =>
  flatMap(leavesOf(nest.body), path => {
    const unit = storeUnit(nest.buffers.get(path.leaf.buffer) as Buffer, native)
    return unit === 1 || owns(nest, path.leaf, path.around, unit) ? [] : [{ ...path, unit }]
  })

/** The stages that write parts of words. */
export const stagesThatShareWords = (nest: Nest, native: NativeTypes): ReadonlySet<string> =>
  new Set(sharedWords(nest, native).map(({ leaf }) => leaf.stage))

/** Whole words: one vector loop covers the unit, and every other loop moves by whole units. */
function owns(nest: Nest, leaf: Leaf, around: readonly Loop[], unit: number): boolean {
  const index = leaf.index.at(-1)
  if (index === undefined || index.constant % unit !== 0) return false
  let lanes = 0
  for (const loop of around) {
    const c = affine.coefficient(index, loop.id)
    if (c === 0 || c % unit === 0) continue
    if (loop.mode !== 'vector' || c !== 1) return false
    lanes = constantExtent(nest, loop.extent) ?? 0
  }
  return lanes > 0 && lanes % unit === 0
}

/** The axis that walks the last dimension of the store. */
function packedAxis(leaf: Leaf, around: readonly Loop[]): string | undefined {
  const index = leaf.index.at(-1)
  return (
    index &&
    around
      .filter(l => affine.coefficient(index, l.id) !== 0)
      .sort((a, b) => affine.coefficient(index, a.id) - affine.coefficient(index, b.id))[0]?.axis
  )
}
