/** Reductions of a random kernel: over an axis, over several, over a group. */
import { abs, argmax, argmin, dot, type Index, max, min, type ReductionAxis, sum, type Value } from '@qernel/dsl'
import type { Pick } from '@qernel/schedule'
import { axisOf, inside, type Numeric, type Scope, type Walk } from './scope.ts'

/** What a reduction may run over, and the indices that it opens. */
interface Choice {
  readonly axis: string
  readonly over: ReductionAxis
  readonly walks: (index: Index) => Walk[]
}

/**
 * A reduction; undefined where there is nothing to reduce over.
 * @param body makes the value to reduce
 */
export function randomReduction(
  type: Numeric,
  scope: Scope,
  pick: Pick,
  body: (type: Numeric, scope: Scope) => Value,
): Value | undefined {
  const choices = choicesOf(scope)
  if (choices.length === 0) return undefined
  const one = pick(choices)
  const of = (kind: Numeric, walks: readonly Walk[]) =>
    body(kind, inside(scope, walks, { reductions: scope.reductions - 1 }))
  if (type === 'i32' && pick([true, false, false, false])) return position(one, of, pick)
  const isAbsolute = type === 'f32' && pick([true, false])
  const element = (walks: readonly Walk[]) => (isAbsolute ? abs(of(type, walks)) : of(type, walks))
  const reduce = pick(['max', 'min', 'sum', 'max'])
  const fold = (over: ReductionAxis | readonly ReductionAxis[], inner: (...index: Index[]) => Value): Value =>
    reduce === 'max' ? max(over, inner) : reduce === 'min' ? min(over, inner) : sum(over, inner)
  if (type === 'f32' && reduce === 'sum' && pick([true, false]))
    return dot(one.over, (e: Index) => [element(one.walks(e)), of(type, one.walks(e))])
  const other = pick(choices)
  if (other.axis === one.axis || pick([true, true, false])) return fold(one.over, (e: Index) => element(one.walks(e)))
  return fold([one.over, other.over], (e: Index, f: Index) => element([...one.walks(e), ...other.walks(f)]))
}

/** The position of an extreme. `of` is called twice and may return a different value the second time: that is well defined too. */
const position = ({ over, walks }: Choice, of: (kind: Numeric, walks: readonly Walk[]) => Value, pick: Pick): Value =>
  pick([argmax, argmin])(over, e => of('f32', walks(e)))

function choicesOf({ walks, axes }: Scope): Choice[] {
  return axes.flatMap(({ size, groups }): Choice[] => {
    const whole: Choice = { axis: axisOf(size), over: size, walks: index => [{ axis: axisOf(size), index }] }
    if (groups === undefined) return [whole]
    const group = walks.find(({ axis }) => axis === axisOf(groups.count))
    const own: Choice = {
      axis: axisOf(groups),
      over: groups,
      walks: index => [
        { axis: axisOf(groups), index },
        { axis: axisOf(groups.count), index: index.group },
      ],
    }
    if (group === undefined) return [whole, own]
    const elements = groups.at(group.index)
    return [whole, { axis: axisOf(groups), over: elements, walks: index => [{ axis: axisOf(groups), index }] }]
  })
}
