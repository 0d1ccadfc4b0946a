/** Walking and rewriting the statements of a nest. */
import {
  type Affine,
  affine,
  type Expr,
  type Guard,
  type Loop,
  type LoopId,
  mapExpr,
  type Nest,
  type Statement,
  type Store,
  type Update,
} from '@qernel/dsl'

export type Leaf = Store | Update

/** A loop with the loops around it, outermost first. */
export interface LoopPath {
  readonly loop: Loop
  readonly around: readonly Loop[]
}

/** Every loop of a nest in order of appearance. */
export function loopsOf(body: readonly Statement[], around: readonly Loop[] = [], into: LoopPath[] = []): LoopPath[] {
  for (const s of body)
    if (s.kind === 'loop') {
      into.push({ loop: s, around })
      loopsOf(s.body, [...around, s], into)
    }
  return into
}

/** A leaf with the loops around it, outermost first. */
export interface LeafPath {
  readonly leaf: Leaf
  readonly around: readonly Loop[]
}

/** Every leaf with the loops around it. */
export function leavesOf(body: readonly Statement[], around: readonly Loop[] = [], into: LeafPath[] = []): LeafPath[] {
  for (const s of body)
    if (s.kind === 'loop') leavesOf(s.body, [...around, s], into)
    else into.push({ leaf: s, around })
  return into
}

/** The stages whose leaves stand under a loop. */
export const stagesOf = (loop: Loop): ReadonlySet<string> => new Set(leavesOf([loop]).map(({ leaf }) => leaf.stage))

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

export const replaceLoopIn = (nest: Nest, id: LoopId, by: (loop: Loop) => readonly Statement[]): Nest => ({
  ...nest,
  body: replaceLoop(nest.body, id, by),
})

/** Rewrites every index, guard and value below. */
export function mapLeaves(body: readonly Statement[], onLeaf: (leaf: Leaf) => Leaf): readonly Statement[] {
  return body.map(s => (s.kind === 'loop' ? { ...s, body: mapLeaves(s.body, onLeaf) } : onLeaf(s)))
}

/** Applies `index` to every affine and `rewrite` to every expression node of a leaf. */
export function mapLeaf(leaf: Leaf, index: (a: Affine) => Affine, rewrite: (e: Expr) => Expr = e => e): Leaf {
  return {
    ...leaf,
    index: leaf.index.map(index),
    where: leaf.where.map((guard: Guard) => ({ ...guard, index: index(guard.index) })),
    value: mapExpr(leaf.value, rewrite, index),
  }
}

/** Replaces a loop variable by an affine expression, everywhere below. */
export const substituteLoop = (body: readonly Statement[], loop: LoopId, by: Affine): readonly Statement[] =>
  mapLeaves(body, leaf => mapLeaf(leaf, a => affine.substitute(a, loop, by)))
