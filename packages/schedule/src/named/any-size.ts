/** Steps for arguments of any length and alignment: every access is one element. */
import type { Kernel, Stage } from '@qernel/dsl'
import type { Step } from '../steps/transform.ts'
import { coarsen } from '../transforms/coarsen.ts'
import { tile } from '../transforms/tile.ts'
import { tileOf } from './elementwise-tiles.ts'
import { applies, inOrder, narrowPass, spread } from './forms.ts'
import { partWords } from './part-words-schedule.ts'
import { isField } from './record-schedule.ts'
import { foldsOf, lastAxis, length, only } from './stage-shape.ts'

/**
 * Like `naive`, except that a thread takes four rows of a column whose length is a size, and loads them before it uses the first: what a row needs
 * besides its data, such as a scale and its reciprocal, is shared, and enough loads are on their way. Rows begin anywhere, so threads side
 * by side read 64 neighbours.
 */
export function anySizeSteps(kernel: Kernel): readonly Step[] {
  const pass = narrowPass(kernel).steps
  if (pass !== undefined) return pass
  const plain = (stage: Stage) => spread(kernel).get(stage) ?? tileOf(kernel, stage, 1)
  const steps = inOrder(kernel, stage => (isLong(kernel, stage) ? fourRows(kernel, stage) : plain(stage)))
  return applies(kernel, steps) ? steps : inOrder(kernel, plain)
}

const isLong = (kernel: Kernel, stage: Stage): boolean =>
  stage.axes.length > 1 &&
  stage.axes.slice(-2).every(axis => length(axis) === Number.POSITIVE_INFINITY) &&
  foldsOf(stage).length === 0 &&
  !isField(kernel, stage) &&
  partWords(kernel, stage) === undefined

function fourRows(kernel: Kernel, stage: Stage): readonly Step[] {
  const row = (stage.axes.at(-2) as Stage['axes'][number]).name
  return [
    tile({ [row]: 16, [lastAxis(stage).name]: 64, ...only(kernel, stage) }),
    coarsen({ [row]: 4, ...only(kernel, stage) }),
  ]
}
