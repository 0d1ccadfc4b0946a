/** Walking and rewriting the statements of a nest. */
import {
  type Affine,
  affine,
  type Expr,
  type Guard,
  type Loop,
  type LoopId,
  loadsOf,
  mapExpr,
  type Nest,
  type Statement,
  type Store,
  type Update,
} from '@qernel/dsl'
import { affinesOf, flatMap, mapList, memoize, nameOfStage } from '@qernel/dsl/internal'

/** A store or an update: a statement that is not a loop. */
export type Leaf = Store | Update

/** The same fold of values that are rounded already: the results of other folds, not products. */
export function unfused<Folding extends Leaf>(leaf: Folding): Folding {
  if (leaf.kind === 'store') return leaf
  const { fused: _, ...plain } = leaf
  return plain as Folding
}

/** A loop with the loops around it, outermost first. */
export interface LoopPath {
  readonly loop: Loop
  readonly around: readonly Loop[]
}

/** Every loop of a nest in order of appearance. The result is cached, so the list must not change afterwards. */
export const loopsOf = (body: readonly Statement[]): readonly LoopPath[] => pathsOf(body).loops

/**
 * A loop as it stands in a nest, for what changes several loops in turn: one may be inside another, of the same name in fused stages. Undefined
 * if a change has removed it.
 */
export const pathTo = (nest: Nest, id: LoopId): LoopPath | undefined =>
  loopsOf(nest.body).find(({ loop }) => loop.id === id)

/** A leaf with the loops around it, outermost first. */
export interface LeafPath {
  readonly leaf: Leaf
  readonly around: readonly Loop[]
}

/** Every leaf with the loops around it: those given, and those below. Cached like the loops. */
export function leavesOf(body: readonly Statement[], around: readonly Loop[] = []): readonly LeafPath[] {
  const { leaves } = pathsOf(body)
  return around.length === 0 ? leaves : leaves.map(path => ({ leaf: path.leaf, around: [...around, ...path.around] }))
}

/** The names of all buffers that leaves store to or load from, in order of appearance. */
export function buffersOf(leaves: readonly LeafPath[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { leaf } of leaves) {
    names.add(leaf.buffer)
    for (const { buffer } of loadsOf(leaf.value)) names.add(buffer)
  }
  return names
}

interface Paths {
  readonly loops: LoopPath[]
  readonly leaves: LeafPath[]
}

// Lists of one element are often made just for the query.
const pathsOf = (body: readonly Statement[]): Paths => pathsBelow(body.length === 1 ? (body[0] as Statement) : body)

/** Memoized, since every check of a step needs the paths of its nest. */
const pathsBelow = memoize((from: Statement | readonly Statement[]): Paths => {
  const paths: Paths = { loops: [], leaves: [] }
  addPaths('kind' in from ? [from] : from, [], paths)
  return paths
}, 64)

function addPaths(body: readonly Statement[], around: readonly Loop[], into: Paths): void {
  for (const s of body)
    if (s.kind === 'loop') {
      into.loops.push({ loop: s, around })
      addPaths(s.body, [...around, s], into)
    } else into.leaves.push({ leaf: s, around })
}

/** The stages that have leaves under a loop, and their parts. */
export const stagesOf = (loop: Loop): ReadonlySet<string> =>
  new Set(flatMap(leavesOf([loop]), ({ leaf }) => namesOf(leaf)))

/** The names by which a step can refer to a leaf: its stage and its part. */
const namesOf = ({ stage, part }: Leaf): readonly string[] => (part === undefined ? [stage] : [stage, part])

/** Whether a step that is restricted to a stage, or to a part of one, applies to a leaf. */
export const isMeant = (leaf: Leaf, stage: string | undefined): boolean =>
  stage === undefined || namesOf(leaf).includes(stage)

/** Every name that a step may be restricted to: the stages of the kernel, then their parts in the nest. */
export const stageNames = ({ kernel, body }: Nest): string[] => [
  ...new Set([...kernel.stages.map(nameOfStage), ...flatMap(leavesOf(body), ({ leaf }) => namesOf(leaf))]),
]

/** Makes statements a part of their stage. */
export const asPart = (body: readonly Statement[], part: string): readonly Statement[] =>
  mapLeaves(body, leaf => ({ ...leaf, part }))

/** Replaces the loop with the given id by statements. */
export function replaceLoop(
  body: readonly Statement[],
  id: LoopId,
  by: (loop: Loop) => readonly Statement[],
): readonly Statement[] {
  for (const [position, s] of body.entries()) {
    if (s.kind !== 'loop') continue
    if (s.id === id) return [...body.slice(0, position), ...by(s), ...body.slice(position + 1)]
    const inner = replaceLoop(s.body, id, by)
    if (inner !== s.body) return [...body.slice(0, position), { ...s, body: inner }, ...body.slice(position + 1)]
  }
  return body
}

/** A nest with one loop replaced by statements. */
export const replaceLoopIn = (nest: Nest, id: LoopId, by: (loop: Loop) => readonly Statement[]): Nest => ({
  ...nest,
  body: replaceLoop(nest.body, id, by),
})

/** Rewrites every index, guard and value below. */
export function mapLeaves(body: readonly Statement[], onLeaf: (leaf: Leaf) => Leaf): readonly Statement[] {
  return mapList(body, s => (s.kind === 'loop' ? withBody(s, mapLeaves(s.body, onLeaf)) : onLeaf(s)))
}

/** The loop with another body; the same loop if the body is the same. */
export const withBody = (loop: Loop, body: readonly Statement[]): Loop =>
  body === loop.body ? loop : { ...loop, body }

/** Applies `index` to every affine and `rewrite` to every expression node of a leaf. */
export function mapLeaf(leaf: Leaf, index: (a: Affine) => Affine, rewrite: (e: Expr) => Expr = e => e): Leaf {
  const next = {
    index: mapList(leaf.index, index),
    where: mapList(leaf.where, guard => withIndex(guard, index(guard.index))),
    value: mapExpr(leaf.value, rewrite, index),
  }
  const isSame = next.index === leaf.index && next.where === leaf.where && next.value === leaf.value
  return isSame ? leaf : { ...leaf, ...next }
}

const withIndex = (guard: Guard, index: Affine): Guard => (index === guard.index ? guard : { ...guard, index })

/** Replaces a loop variable by an affine expression, everywhere below. */
export const substituteLoop = (body: readonly Statement[], loop: LoopId, by: Affine): readonly Statement[] =>
  mapLeaves(body, leaf => (usesLoop(leaf, loop) ? mapLeaf(leaf, a => affine.substitute(a, loop, by)) : leaf))

const usesLoop = ({ index, where, value }: Leaf, loop: LoopId): boolean =>
  index.some(a => a.terms.has(loop)) ||
  where.some(guard => guard.index.terms.has(loop)) ||
  affinesOf(value).some(a => a.terms.has(loop))
