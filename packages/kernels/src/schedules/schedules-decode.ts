/**
 * Schedules of the decode kernels: a few lanes read the row of a token, 16 bytes each, and add up what they have; a workgroup of 256 threads takes
 * many tokens at once. Sums are in the order of lanes and parts, so results differ in the last bits from those of `naive`.
 */
import {
  bind,
  cache,
  coarsen,
  fuse,
  occupancy,
  predicate,
  reorder,
  reuse,
  type Schedule,
  type ScheduleRequest,
  type Step,
  sequence,
  split,
  splitReduction,
  unroll,
  vectorize,
} from '@qernel/schedule'
import { best, combine, naive, perTarget } from './schedules.ts'

/** Threads of a workgroup, which every WebGPU device allows. */
const threads = 256

/** Threads of a workgroup that computes scores alone. */
const scoringThreads = 128

/** How codes lie in rows: their bits, and the length of a group along the row that has its own scale. */
export interface RowLayout {
  readonly bits: number
  readonly group?: number
  /** The format has zero points: two arrays more, and the sums of the query, q_sum, as a stage of their own. */
  readonly hasZeros?: boolean
  /** The array that the product reads as the query, if it is a stage of its own. */
  readonly query?: 'q_scaled'
}

/** The threads that share the row of a token. */
interface RowLanes {
  /** Neighbouring elements of a lane: at most 16 bytes of codes, or a group. */
  readonly width: number
  /** Lanes of a row, each of which has a group if there are groups. */
  readonly lanes: number
  /** Threads that share a group. */
  readonly parts: number
  /** Tokens of a workgroup at a time. */
  readonly rows: number
}

/**
 * Neighbouring elements of a lane, at most, if several queries share what it loads: for each query it has an element of the query and a sum for each
 * of them.
 */
const sharedWidth = 8
/** Queries that a thread serves at a time, at most: 64 sums, for which about 100 registers suffice. */
const mostQueries = 8

const queriesOf = ({ fixed }: ScheduleRequest): number => fixed?.get('R') ?? 1

/** Turns of a thread: what it computes of the query once serves all of them. */
const turns = 4

/** How much a thread does at a time, and how many threads do it. */
interface Pace {
  /** Tokens whose keys, or values, a thread loads at a time. */
  readonly inTurn: number
  /** Threads that a multiprocessor should hold: fewer have more registers each, but too few have too few loads in flight. */
  readonly resident: number
  /** Threads of a workgroup that computes whole attention. */
  readonly threads: number
}

/**
 * Measured on an H200. A lane with 32 elements needs as many registers for the query or the sums, and its keys are short, so it takes twice as many tokens;
 * a workgroup that serves several queries has many sums.
 */
function paceOf(request: ScheduleRequest, { group = 0, bits }: RowLayout, queries: number): Pace {
  if (queries > 1) return { inTurn: tokensInTurn / 2, resident: 512, threads }
  return Math.max(group, 128 / bits) >= 32
    ? { inTurn: perTarget(request, { wgsl: 1, cuda: 2 }) * tokensInTurn, resident: 640, threads: threads / 2 }
    : { inTurn: tokensInTurn, resident: 1024, threads }
}

const tokensInTurn = 4

/** Whether the queries of a head are known and few enough to be in registers together. */
const areFewQueries = (request: ScheduleRequest): boolean =>
  request.fixed?.has('R') === true && queriesOf(request) <= mostQueries

/**
 * The queries of a head that a workgroup serves with what it loads, `most` or fewer: as few workgroups as possible, with as many queries each. One
 * if their number is not known.
 */
export function servedQueries(request: ScheduleRequest, most = mostQueries): number {
  const queries = Math.max(1, queriesOf(request))
  const workgroups = Math.ceil(queries / Math.max(1, Math.floor(most)))
  return Math.ceil(queries / workgroups)
}

/**
 * Undefined if the length of a row is not known, or is no power of two of what a lane takes: lanes that meet come in powers of two.
 *
 * @param queries how many share what a lane loads
 * @param workgroup the threads of a workgroup
 */
function lanesOf(
  { fixed }: ScheduleRequest,
  { bits, group }: RowLayout,
  queries: number,
  workgroup = threads,
): RowLanes | undefined {
  const length = fixed?.get('D') ?? 0
  const own = group ?? 128 / bits
  const width = queries > 1 ? Math.min(own, sharedWidth) : own
  const parts = group === undefined ? 1 : group / width
  const lanes = length / (width * parts)
  const isPowerOfTwo = lanes >= 1 && lanes * parts <= 32 && Number.isInteger(Math.log2(lanes))
  return isPowerOfTwo ? { width, lanes, parts, rows: workgroup / (lanes * parts) } : undefined
}

/** Gives loops over rows, lanes, and the threads of a lane to the threads of a workgroup. */
const bindLanes = (
  { parts }: RowLanes,
  [row, lane, part]: readonly [row: string, lane: string, part: string],
  stage: string,
): Step =>
  parts > 1
    ? bind({ [row]: 'block.z', [lane]: 'block.y', [part]: 'block.x', stage })
    : bind({ [row]: 'block.y', [lane]: 'block.x', stage })

/**
 * The product of the query with the keys of many tokens: lanes along the row, their sums combined; the query stays in registers. Workgroups that are
 * entirely in bounds load the keys of several tokens at once, since no test separates them; the last of a row, one by one.
 *
 * @param tokens the loop over tokens, of which a thread takes several
 */
function keyProduct(
  request: ScheduleRequest,
  layout: RowLayout,
  { width, lanes, parts, rows }: RowLanes,
  { tokens, inTurn }: { readonly tokens: string; readonly inTurn: number },
) {
  const along = layout.group === undefined ? 'd' : 'g'
  const isFew = areFewQueries(request)
  const query = layout.query ?? 'q'
  const isSplit = layout.group === undefined || parts > 1
  const element = isSplit ? 'e' : 'd'
  const copies = (version: '' | '_tail', at: string, number: '' | '2'): readonly Step[] =>
    sequence(
      // Of many queries, or an unknown number, there is no room in registers.
      isFew && cache({ buffer: query, memory: 'register', at: `row${version}`, stage: 's' }),
      cache({ buffer: 'k', memory: 'register', at, stage: 's' }),
      vectorize({ d: Math.min(width, Math.floor(128 / layout.bits)), stage: `k_reg${number}` }),
      isFew && vectorize({ d: 8, stage: `${query}_reg${number}` }),
      unroll({ loop: `${element}${version}`, stage: 's' }),
      // One lane per token needs it, but only after the sum: loaded with the keys, it does not have to be waited for again.
      version === '' && hasScalePerToken(request) && cache({ buffer: 'k_scale', memory: 'register', at, stage: 's' }),
    )
  return {
    lanes: sequence(
      isSplit && split({ loop: 'd', by: width, inner: 'e', stage: 's' }),
      parts > 1 &&
        splitReduction({ d: parts, combine: combine(request), inner: 'part', reassociate: true, stage: 's' }),
      splitReduction({ [along]: lanes, combine: combine(request), inner: 'lane', reassociate: true, stage: 's' }),
      split({ loop: tokens, by: rows, inner: 'row', stage: 's' }),
      reorder({ order: `row.${tokens}`, stage: 's' }),
    ),
    copies: sequence(
      split({ loop: tokens, by: inTurn, inner: 'turn', stage: 's' }),
      copies('', tokens, ''),
      unroll({ loop: 'turn', stage: 's' }),
      copies('_tail', `${tokens}_tail`, '2'),
    ),
  }
}

/** Whether all codes of a key have one scale. */
function hasScalePerToken({ kernel }: ScheduleRequest): boolean {
  const last = kernel.tensors.find(({ name }) => name === 'k_scale')?.dims.at(-1)
  return typeof last === 'object' && last.size === 'T' && last.dividedBy === 1
}

/** Whether scores are only scaled: kernels with a softcap read two numbers. */
const hasOneParameter = ({ kernel }: ScheduleRequest): boolean =>
  kernel.tensors.find(({ name }) => name === 'scale')?.dims[0] === 1

/** What is computed once per query: one group or channel per thread. */
const onceForQuery = ({ hasZeros = false, query }: RowLayout): readonly Step[] =>
  sequence(
    hasZeros && bind({ h: 'grid.y', r: 'grid.x', g: 'block.x', stage: 'q_sum' }),
    query !== undefined && split({ loop: 'd', by: 32, stage: query }),
    query !== undefined && bind({ h: 'grid.z', r: 'grid.y', d: 'grid.x', d_in: 'block.x', stage: query }),
  )

/** s[h, r, t]: lanes along the rows of keys, several tokens per thread. */
export const scoreSchedules = (layout: RowLayout): readonly Schedule[] =>
  best('a few lanes per token, 16 bytes of codes each, whose sums are combined; four tokens at a time', request => {
    const isFew = areFewQueries(request)
    const shape = lanesOf(request, layout, isFew ? queriesOf(request) : 1, scoringThreads)
    if (shape === undefined) return naive(request)
    const { inTurn, resident } = paceOf(request, layout, 1)
    const product = keyProduct(request, layout, shape, { tokens: 'u', inTurn })
    return sequence(
      onceForQuery(layout),
      reorder({ order: 'h.t.r', stage: 's' }),
      split({ loop: 't', by: shape.rows * inTurn * turns, inner: 'u', stage: 's' }),
      product.lanes,
      bind({ h: 'grid.y', t: 'grid.x', stage: 's' }),
      bindLanes(shape, ['row', 'lane', 'part'], 's'),
      predicate({ t: 'peel', by: 'workgroup', stage: 's' }),
      product.copies,
      isFew && unroll({ loop: 'r', stage: 's' }),
      occupancy({ threads: isFew && queriesOf(request) > 1 ? resident / 2 : resident, stage: 's' }),
    )
  })

/** How the sum over all tokens is parted. */
interface Parts {
  /** Tokens of a part, which a workgroup sums. */
  readonly tokens: number
  readonly threads: number
  /** Tokens whose values a thread loads at a time. */
  readonly inTurn: number
}

/**
 * Measured on an H200. Adding up what its threads have takes a workgroup as long however many tokens each has; with 32 sums per lane that is
 * long, so fewer threads take more tokens each.
 */
function partsOf({ group = 0, bits, hasZeros }: RowLayout, queries: number): Parts {
  if (queries > 1) return { tokens: 1024, threads, inTurn: 2 }
  const isWide = Math.max(group, 128 / bits) >= 32
  return isWide
    ? { tokens: 1024, threads: 64, inTurn: bits === 2 && !hasZeros ? 8 : 4 }
    : { tokens: 2048, threads: 128, inTurn: 4 }
}

/** Threads that add up the parts of a result: with one alone, its loads would wait for each other. */
const threadsOfResult = 8

/** Whether a thread needs more registers than it has if 768 are resident: codes that two words share, or zero points for many codes of a word. */
const needsRegisters = ({ bits, hasZeros }: RowLayout): boolean => bits === 3 || (bits === 2 && hasZeros === true)

/** o[h, r, d]: parts of 1024 or 2048 tokens per workgroup, whose threads share rows and tokens; a second dispatch adds the parts. */
export const valueSchedules = (layout: RowLayout): readonly Schedule[] =>
  best('parts of 1024 or 2048 tokens, 16 bytes of codes per lane; a second dispatch adds the parts', request => {
    const queries = servedQueries(request)
    const { tokens, inTurn, ...parts } = partsOf(layout, queries)
    const isTight = queries === 1 && needsRegisters(layout)
    const shape = lanesOf(request, layout, queries, parts.threads)
    if (shape === undefined) return naive(request)
    const along = layout.group === undefined ? 'd' : 'd_group'
    const [first, second] = ['o_pass1', 'o_pass2']
    return sequence(
      splitReduction({ t: tokens, combine: 'secondPass', reassociate: true }),
      vectorize({ d: shape.width, stage: first }),
      splitReduction({
        t: shape.rows,
        combine: isTight ? 'shared' : combine(request),
        ...{ inner: 'row', reassociate: true, stage: first },
      }),
      reorder({ order: layout.group === undefined ? 't_part.d' : 't_part.d_group', stage: first }),
      bind({ h: 'grid.z', r: 'grid.y', t_part: 'grid.x', stage: first }),
      bindLanes(shape, ['row', along, 'd'], first),
      split({ loop: 't', by: Math.min(inTurn, tokens / shape.rows), inner: 'u', stage: first }),
      unroll({ loop: 'u', stage: first }),
      queries > 1 && coarsen({ r: queries, order: 'blocked', stage: first }),
      // The loads of several tokens are in flight together where no test separates them.
      isTight
        ? predicate({ t: 'peel', stage: first })
        : [
            predicate({ t: 'peel', by: 'workgroup', stage: first }),
            occupancy({ threads: queries > 1 ? 512 : 768, stage: first }),
          ],
      splitReduction({ t: threadsOfResult, combine: 'shared', inner: 'row', reassociate: true, stage: second }),
      split({ loop: 't_part', by: 8, inner: 'u', stage: second }),
      unroll({ loop: 'u', stage: second }),
      layout.group === undefined
        ? [
            split({ loop: 'd', by: 32, stage: second }),
            bind({ h: 'grid.z', r: 'grid.y', d: 'grid.x', d_in: 'block.x', row: 'block.y', stage: second }),
          ]
        : bind({ h: 'grid.z', r: 'grid.y', d_group: 'grid.x', d: 'block.x', row: 'block.y', stage: second }),
    )
  })

/** Bytes of shared memory in which the threads of a workgroup add up: one number and four. */
const bytesOfLanes = threads * (4 + 16)

/** Tokens of a chunk: each has a maximum. */
function chunkLengthOf({ kernel }: ScheduleRequest): number {
  const chunks = kernel.tensors.find(({ name }) => name === 'm')?.dims[2]
  return typeof chunks === 'object' ? chunks.dividedBy : 1
}

/** Arrays of a dispatch that reads keys and values: with zero points, or lengths, there are more. */
const arraysOnChip = ({ kernel }: ScheduleRequest, { bits, hasZeros, query }: RowLayout): number =>
  (hasZeros === true ? 11 : bits === 16 || query !== undefined ? 6 : 8) +
  (kernel.tensors.some(({ name }) => name === 'length') ? 1 : 0)

/** Arrays that a dispatch may bind: WebGPU devices need not offer more than eight. If there are more, the scores go through memory. */
const arraysOfDispatch = (request: ScheduleRequest): number =>
  request.target?.limits?.storageBuffers ?? perTarget(request, { wgsl: 8, cuda: 256 })

/** Bytes of shared memory that a workgroup may have. */
const sharedBytes = (request: ScheduleRequest): number =>
  request.target?.limits?.sharedBytes ?? perTarget(request, { wgsl: 16384, cuda: 49152 })

/** o[h, r, d]: a workgroup per chunk of 1024 tokens reads keys and values once, its scores stay on chip; a second dispatch combines the chunks. */
export const attentionSchedules = (layout: RowLayout): readonly Schedule[] =>
  best(
    'a workgroup per chunk of 1024 tokens, scores on chip, keys and values read once; a second dispatch combines chunks',
    request => {
      const isOnChip = arraysOnChip(request, layout) <= arraysOfDispatch(request)
      const queries = servedQueries(
        request,
        Math.min(mostQueries, (sharedBytes(request) - bytesOfLanes) / (4 * chunkLengthOf(request))),
      )
      const pace = paceOf(request, layout, queries)
      const shape = lanesOf(request, layout, queries, pace.threads)
      if (shape === undefined) return naive(request)
      const { lanes, parts, rows, width } = shape
      const along = layout.group === undefined ? 'd' : 'd_group'
      const { inTurn } = pace
      const product = keyProduct(request, layout, shape, { tokens: 't', inTurn })
      /** A fold over the tokens of a chunk, one per thread. */
      const overThreads = (stage: string): readonly Step[] =>
        sequence(
          splitReduction({ t: rows, combine: combine(request), inner: 'ty', reassociate: true, stage }),
          lanes * parts > 1 &&
            splitReduction({ t: lanes, combine: combine(request), inner: 'tx', reassociate: true, stage }),
          parts > 1 && splitReduction({ t: parts, combine: combine(request), inner: 'tw', reassociate: true, stage }),
          lanes * parts > 1 ? bindLanes(shape, ['ty', 'tx', 'tw'], stage) : bind({ ty: 'block.y', stage }),
        )
      /** Chunks that are combined at a time: four channels per thread. */
      const together = Math.max(1, Math.min(8, (4 * threads) / (request.fixed?.get('D') ?? threads)))
      const inLast = (stage: string): readonly Step[] => [
        splitReduction({ c: together, combine: 'shared', inner: 'cy', reassociate: true, stage }),
      ]
      return sequence(
        onceForQuery(layout),
        fuse({ producer: 'l', consumer: 'a', loops: 3 }),
        fuse({ producer: 'p', consumer: 'l', loops: 3, memory: 'shared' }),
        fuse({ producer: 'm', consumer: 'l', loops: 3 }),
        isOnChip && fuse({ producer: 's', consumer: 'm', loops: 3, memory: 'shared' }),
        // The weights of several queries take the place of their scores, which would need as much shared memory again.
        isOnChip && queries > 1 && reuse({ buffer: 'p_tile', of: 's_tile' }),
        fuse({ producer: 'l', consumer: 'pair', loops: 3 }),
        bind({ h: 'grid.z', r: 'grid.y', t_group: 'grid.x', stage: 's' }),
        !isOnChip && bind({ h: 'grid.z', r: 'grid.y', c: 'grid.x', stage: 'pair' }),
        product.lanes,
        bindLanes(shape, ['row', 'lane', 'part'], 's'),
        overThreads('m'),
        parts > 1 && split({ loop: 't', by: parts, inner: 'tw', stage: 'p' }),
        split({ loop: 't', by: lanes, inner: 'tx', stage: 'p' }),
        split({ loop: 't', by: rows, inner: 'ty', stage: 'p' }),
        parts > 1
          ? bind({ tw: 'block.x', tx: 'block.y', ty: 'block.z', stage: 'p' })
          : bind({ tx: 'block.x', ty: 'block.y', stage: 'p' }),
        overThreads('l'),
        vectorize({ d: width, stage: 'a' }),
        splitReduction({ t: rows, combine: combine(request), inner: 'ty', reassociate: true, stage: 'a' }),
        bindLanes(shape, ['ty', along, 'd'], 'a'),
        predicate({ t: 'peel', by: 'workgroup', stage: 's' }),
        product.copies,
        hasOneParameter(request) && cache({ buffer: 'scale', memory: 'register', at: 'row', stage: 's' }),
        split({ loop: 't', by: inTurn, inner: 'u', stage: 'a' }),
        unroll({ loop: 'u', stage: 'a' }),
        queries > 1 && coarsen({ r: queries, order: 'blocked', stage: 'pair' }),
        occupancy({ threads: pace.resident, stage: 's' }),
        fuse({ producer: 'peak', consumer: 'total', loops: 2 }),
        fuse({ producer: 'peak', consumer: 'o', loops: 2 }),
        inLast('peak'),
        inLast('total'),
        vectorize({ d: 4, stage: 'o' }),
        inLast('o'),
        bind({ h: 'grid.y', r: 'grid.x', stage: 'peak' }),
        bind({ cy: 'block.y', stage: 'peak' }),
        bind({ cy: 'block.y', stage: 'total' }),
        bind({ cy: 'block.y', d: 'block.x', stage: 'o' }),
      )
    },
  )
