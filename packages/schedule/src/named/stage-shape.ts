/** What the named schedules ask about a stage: its axes, the words of its tensor, and what it folds. */
import { type Axis, affine, type Expr, isAffine, type Kernel, loadsOf, type Stage, visitExpr } from '@qernel/dsl'
import { elementsPerUnit, nameOfStage } from '@qernel/dsl/internal'

export const lastAxis = (stage: Stage): Axis => stage.axes.at(-1) as Axis

/** With several stages, every step names its stage; with one, it need not. */
export const only = (kernel: Kernel, stage: Stage): Readonly<Record<string, string>> =>
  kernel.stages.length > 1 ? { stage: nameOfStage(stage) } : {}

/** The part of an axis that a workgroup processes: if the length is constant (a group), the largest part that divides it. */
export function part({ extent }: Axis, most: number, unit = 1): number {
  if (typeof extent !== 'number') return most
  const whole = Math.max(1, Math.floor(extent / unit))
  let size = Math.min(most, whole)
  while (whole % size !== 0) size--
  return size
}

/** Elements per word of the stage's tensor: if words need one owner, this many count as one element of a tile. */
export const unitOf = (kernel: Kernel, stage: Stage): number => {
  const tensor = kernel.tensors.find(({ name }) => name === stage.tensor)
  return tensor === undefined ? 1 : elementsPerUnit(tensor.type)
}

/** For comparing axes: a size counts as long. */
export const length = ({ extent }: Axis): number => (typeof extent === 'number' ? extent : Number.POSITIVE_INFINITY)

/** Whether the length of a row is a size, which need not be a multiple of 4. */
export const isRagged = (stage: Stage): boolean =>
  stage.where.some(({ axis, below }) => axis === lastAxis(stage).name && typeof below !== 'number')

type Fold = Extract<Expr, { readonly kind: 'reduce' }>

/** The folds of a stage: its maxima, minima and sums. */
export function foldsOf(stage: Stage): readonly Fold[] {
  const found: Fold[] = []
  visitExpr(stage.value, node => {
    if (node.kind === 'reduce') found.push(node)
  })
  return found
}

/** Whether neighbouring iterations of the innermost axis of a fold read neighbouring elements. */
export const foldsNeighbours = ({ axes, body }: Fold): boolean =>
  loadsOf(body).some(({ index }) => {
    const last = index.at(-1)
    return last !== undefined && isAffine(last) && affine.coefficient(last, (axes.at(-1) as Axis).id) === 1
  })
