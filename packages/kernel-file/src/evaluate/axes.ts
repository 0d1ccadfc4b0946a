/** Dimensions and axes as the builder takes them. */
import type { DimensionHandle, ReductionAxis, Several } from '@qernel/dsl'
import { describe } from './describe.ts'
import { type Call, type Closure, isThing, type Known } from './known.ts'

/** A function of ours under the parameter names of the author's, by which the builder names axes. */
export function underItsNames<Function extends object>(closure: Closure, own: Function): Function {
  const names = closure.expression.parameters.map(({ pattern }) => (pattern.kind === 'name' ? pattern.name : ''))
  return Object.assign(own, { toString: () => `(${names.join(', ')}) =>` })
}

const dimensionRule = 'a size, groups of one, their count, or a whole number'
const axisRule = 'a size, groups of one, the elements of a group, or a whole number'

function dimensionOf(known: Known): DimensionHandle | undefined {
  if (typeof known === 'number') return known
  if (isThing(known, 'size') || isThing(known, 'groups')) return known.handle
  return isThing(known, 'count') ? known.groups.count : undefined
}

function axisOf(known: Known): ReductionAxis | undefined {
  return isThing(known, 'elements') ? known.groups.at(known.group) : dimensionOf(known)
}

/** The dimensions of a tensor, and how many there are; undefined after a report. */
export const dimensions = (call: Call, argument: number): Several<DimensionHandle> | undefined =>
  several(call, argument, call.args[argument], dimensionOf, dimensionRule)

/** What a reduction runs over, checked against its function; undefined after a report. */
export function reductionAxes(call: Call, over: Known, by: Closure): Several<ReductionAxis> | undefined {
  const one = axisOf(over)
  const axes = one === undefined ? several(call, 0, over, axisOf, axisRule) : [one]
  if (axes === undefined) return undefined
  const count = Object.keys(axes).length
  const what = `the reduction runs over ${count === 1 ? '1 axis' : `${count} axes`}`
  return checkParameters(call, by, count, what, 1) ? axes : undefined
}

function several<Handle>(
  call: Call,
  argument: number,
  given: Known,
  handleOf: (known: Known) => Handle | undefined,
  rule: string,
): Several<Handle> | undefined {
  const fail = (known: Known, name: string): undefined => {
    if (!isThing(known, 'poison')) call.report('axis', `${name} is ${describe(known)}`, rule, argument)
    return undefined
  }
  if (isThing(given, 'list')) {
    const handles: Handle[] = []
    for (const [position, item] of given.items.entries()) {
      const handle = handleOf(item)
      if (handle === undefined) return fail(item, `item ${position + 1} of ${call.textOf(argument)}`)
      handles.push(handle)
    }
    return handles
  }
  if (!isThing(given, 'object')) return fail(given, call.textOf(argument))
  const named: [string, Handle][] = []
  for (const [name, item] of given.entries) {
    const handle = handleOf(item)
    if (handle === undefined) return fail(item, `${name} of ${call.textOf(argument)}`)
    named.push([name, handle])
  }
  return Object.fromEntries(named)
}

/** Whether a function takes no more indices than there are; reports if not. `what` has them: "y has 1 dimension". */
export function checkParameters(call: Call, closure: Closure, count: number, what: string, argument: number): boolean {
  const given = closure.expression.parameters.length
  if (given <= count) return true
  const indices = given === 1 ? '1 index' : `${given} indices`
  call.report('rank', `the function takes ${indices}, but ${what}`, undefined, argument)
  return false
}

/** "1 dimension", "2 dimensions" */
export const dimensionsText = (count: number): string => (count === 1 ? '1 dimension' : `${count} dimensions`)
