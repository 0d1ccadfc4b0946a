/** Counts what the last stage of a schedule moves, and who touches what. */
import { LoweringError, type Target } from '@qernel/codegen'
import { lower, widestAccess } from '@qernel/codegen/internal'
import { affine, type Nest } from '@qernel/dsl'
import { costOf, loopsOf, type NestCost, type ScheduledKernel } from '@qernel/schedule'
import { dispatchesOf, pictured, usualSizes, warpThreads } from '@qernel/schedule/internal'
import type { AccessFacts, Counted, CountedRequest, LoopFacts } from '../protocol.ts'
import { backEnds } from './back-ends.ts'
import { understand } from './subject.ts'

/** Sectors are those of the first access of the first warp. */
const firstAccess = { threads: warpThreads, moments: 1 }

/** Undefined if the kernel has problems. */
export function countedOf({ subject, target }: Pick<CountedRequest, 'subject' | 'target'>): Counted | undefined {
  const one = understand(subject, target)
  return 'problems' in one ? undefined : counted(one.applied.scheduled, subject.at, backEnds[target].portableTarget)
}

/** @param at values of open sizes */
function counted(scheduled: ScheduledKernel, at: Readonly<Record<string, number>>, target: Target): Counted {
  const { nest } = scheduled
  const sizes = countingSizes(nest, at)
  const options = { widest: widestAccess(lowered(scheduled, target), target), nativeTypes: target.nativeTypes }
  const cost = costOf(nest, sizes, options)
  return {
    sizes: Object.fromEntries(sizes),
    bytes: {
      read: cost.readBytes,
      written: cost.writtenBytes,
      repeated: cost.repeatedBytes,
      fewest: cost.minimumReadBytes + cost.minimumWrittenBytes,
    },
    tensors: cost.tensors.map(({ tensor, role, readBytes, writtenBytes, minimumBytes, repeatedBytes }) => ({
      tensor,
      role: role === 'local' ? 'temporary' : role,
      moved: readBytes + writtenBytes,
      fewest: minimumBytes,
      repeated: repeatedBytes,
    })),
    dispatches: dispatchesOf(nest).map(({ grid, threads, shared, meetingBytes }) => ({
      grid: grid.filter(extent => extent !== 1).map(affine.printExtent),
      threads,
      sharedBytes: shared.reduce((sum, { bytes }) => sum + bytes, meetingBytes),
    })),
    accesses: accessFacts(nest, cost, sizes),
    loops: loopFacts(nest),
    assumptions: nest.assumptions.map(
      ({ size, multipleOf, because }) => `${size} must be a multiple of ${multipleOf}, by ${because}`,
    ),
  }
}

function lowered(scheduled: ScheduledKernel, target: Target) {
  try {
    return lower(scheduled, target)
  } catch (error) {
    if (error instanceof LoweringError) return undefined
    throw error
  }
}

export const countingSizes = (nest: Nest, at: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  usualSizes(nest, givenSizes(nest, at))

/** The given values, except those that the kernel or the schedule excludes. */
export function givenSizes(nest: Nest, at: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const given = Object.entries(at).filter(([name, value]) => {
    const facts = nest.kernel.sizes.find(size => size.name === name)?.facts
    const multiples = nest.assumptions.flatMap(({ size, multipleOf }) => (size === name ? [multipleOf] : []))
    return (
      facts !== undefined &&
      Number.isInteger(value) &&
      value >= 1 &&
      value <= (facts.atMost ?? 2 ** 20) &&
      [facts.multipleOf ?? 1, ...multiples].every(multiple => value % multiple === 0)
    )
  })
  return new Map(given)
}

const accessFacts = (nest: Nest, cost: NestCost, sizes: ReadonlyMap<string, number>): AccessFacts[] =>
  pictured(nest, cost, sizes, firstAccess).map(one => {
    const { buffer, kind, dispatch, laneBytes, pattern, transactions } = one.facts
    return {
      buffer,
      kind,
      dispatch,
      laneBytes,
      pattern,
      loops: [...one.access.loops],
      ...(transactions && { sectors: { moved: transactions.sectors, fewest: transactions.fewest } }),
    }
  })

const loopFacts = (nest: Nest): LoopFacts[] =>
  nest.body.flatMap((statement, dispatch) =>
    loopsOf([statement]).map(({ loop: { id, name, axis, mode, extent, madeBy } }) => ({
      id,
      name,
      axis,
      mode,
      extent: affine.printExtent(extent),
      dispatch,
      ...(madeBy === undefined ? {} : { madeBy }),
    })),
  )
