/** Steps for arguments of any length and alignment: every access is one element. */
import type { Kernel, Stage } from '@qernel/dsl'
import type { Step } from '../steps/transform.ts'
import { coarsen } from '../transforms/coarsen.ts'
import { predicate } from '../transforms/predicate.ts'
import { tile } from '../transforms/tile.ts'
import { vectorize } from '../transforms/vectorize.ts'
import { tileOf } from './elementwise-tiles.ts'
import { applies, deepPass, inOrder, narrowPass, spread } from './forms.ts'
import { partWords } from './part-words-schedule.ts'
import { isField } from './record-schedule.ts'
import { foldsOf, lastAxis, length, only } from './stage-shape.ts'

/**
 * Like `naive`, except that a thread takes eight rows of a column whose length is a size, or eight elements of such a row that it folds, and loads them
 * before it uses the first: what a row needs besides its data, such as a scale and its reciprocal, is shared, and enough loads are on their way. Where
 * all eight are inside, no element is tested. Four rows are a vector, so that their codes are computed together. Rows begin anywhere, so threads side by
 * side read neighbours.
 */
export function anySizeSteps(kernel: Kernel): readonly Step[] {
  const pass = deepPass(kernel).steps ?? narrowPass(kernel).steps
  if (pass !== undefined) return pass
  const plain = (stage: Stage) => spread(kernel).get(stage) ?? tileOf(kernel, stage, 1)
  const steps = inOrder(kernel, stage => (isLong(kernel, stage) ? eightRows(kernel, stage) : plain(stage)))
  return applies(kernel, steps) ? steps : inOrder(kernel, plain)
}

const isLong = (kernel: Kernel, stage: Stage): boolean =>
  stage.axes.length > 1 &&
  stage.axes.slice(-2).every(axis => length(axis) === Number.POSITIVE_INFINITY) &&
  foldsOf(stage).length === 0 &&
  !isField(kernel, stage) &&
  partWords(kernel, stage) === undefined

function eightRows(kernel: Kernel, stage: Stage): readonly Step[] {
  const row = (stage.axes.at(-2) as Stage['axes'][number]).name
  return [
    tile({ [row]: 32, [lastAxis(stage).name]: 64, ...only(kernel, stage) }),
    vectorize({ [row]: 4, ...only(kernel, stage) }),
    coarsen({ [row]: 2, ...only(kernel, stage) }),
    predicate({ [row]: 'peel', ...only(kernel, stage) }),
  ]
}
