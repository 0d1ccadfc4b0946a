/**
 * Schedules of the decode kernels: a few lanes read the row of a token, 16 bytes each, and add up what they have; a workgroup of 256 threads takes
 * many tokens at once. Sums are in the order of lanes and parts, so results differ in the last bits from those of `naive`.
 */
import {
  bind,
  cache,
  fuse,
  namedSchedules,
  reorder,
  type Schedule,
  type ScheduleRequest,
  type Step,
  sequence,
  split,
  splitReduction,
  unroll,
  vectorize,
} from '@qernel/schedule'
import { best, combine, perTarget } from './schedules.ts'

/** Threads of a workgroup, which every WebGPU device allows. */
const threads = 256

/** How codes lie in rows: their bits, and the length of a group along the row that has its own scale. */
export interface RowLayout {
  readonly bits: number
  readonly group?: number
  /** The format has zero points: two arrays more, and the sums of the query, q_sum, as a stage of their own. */
  readonly hasZeros?: boolean
}

/** The threads that share the row of a token. */
interface RowLanes {
  /** Neighbouring elements of a lane: 16 bytes, or a group. */
  readonly width: number
  readonly lanes: number
  /** Tokens of a workgroup at a time. */
  readonly rows: number
}

/** Undefined if the length of a row is not known, or is no power of two of what a lane takes: lanes that meet come in powers of two. */
function lanesOf({ fixed }: ScheduleRequest, { bits, group }: RowLayout): RowLanes | undefined {
  const length = fixed?.get('D') ?? 0
  const width = group ?? 128 / bits
  const lanes = length / width
  const isPowerOfTwo = lanes >= 1 && lanes <= 32 && Number.isInteger(Math.log2(lanes))
  return isPowerOfTwo ? { width, lanes, rows: threads / lanes } : undefined
}

const naive = (request: ScheduleRequest): readonly Step[] =>
  namedSchedules.find(({ name }) => name === 'naive')?.steps(request) ?? []

/**
 * The product of the query with the keys of many tokens: lanes along the row, their sums combined; the query stays in registers.
 *
 * @param over the loop over tokens, of which a thread takes several, and how many of them at a time if not all
 */
function keyProduct(
  request: ScheduleRequest,
  layout: RowLayout,
  { width, lanes, rows }: RowLanes,
  { tokens, inTurn }: { readonly tokens: string; readonly inTurn?: number },
) {
  const along = layout.group === undefined ? 'd' : 'g'
  const knowsQueries = request.fixed?.has('R') === true
  const together = inTurn === undefined ? tokens : 'u'
  return {
    lanes: sequence(
      layout.group === undefined && split({ loop: 'd', by: width, inner: 'e', stage: 's' }),
      splitReduction({ [along]: lanes, combine: combine(request), inner: 'lane', reassociate: true, stage: 's' }),
      split({ loop: tokens, by: rows, inner: 'row', stage: 's' }),
      reorder({ order: `row.${tokens}`, stage: 's' }),
      inTurn !== undefined && split({ loop: tokens, by: inTurn, inner: together, stage: 's' }),
    ),
    copies: sequence(
      // Without a known number of queries, no register array has room for them.
      knowsQueries && cache({ buffer: 'q', memory: 'register', at: 'row', stage: 's' }),
      cache({ buffer: 'k', memory: 'register', at: together, stage: 's' }),
      vectorize({ d: Math.min(width, Math.floor(128 / layout.bits)), stage: 'k_reg' }),
      knowsQueries && vectorize({ d: 8, stage: 'q_reg' }),
      unroll({ loop: layout.group === undefined ? 'e' : 'd', stage: 's' }),
      unroll({ loop: together, stage: 's' }),
    ),
  }
}

/** One group per thread. */
const sumsOfQuery = ({ hasZeros }: RowLayout): readonly Step[] =>
  hasZeros ? [bind({ h: 'grid.y', r: 'grid.x', g: 'block.x', stage: 'q_sum' })] : []

/** Tokens of which a thread computes scores. */
const tokensInTurn = 4

/** s[h, r, t]: lanes along the rows of keys, four tokens per thread. */
export const scoreSchedules = (layout: RowLayout): readonly Schedule[] =>
  best('a few lanes per token, 16 bytes of codes each, whose sums are combined; four tokens per thread', request => {
    const shape = lanesOf(request, layout)
    if (shape === undefined) return naive(request)
    const product = keyProduct(request, layout, shape, { tokens: 'u' })
    return sequence(
      sumsOfQuery(layout),
      reorder({ order: 'h.t.r', stage: 's' }),
      split({ loop: 't', by: shape.rows * tokensInTurn, inner: 'u', stage: 's' }),
      product.lanes,
      bind({ h: 'grid.y', t: 'grid.x', row: 'block.y', lane: 'block.x', stage: 's' }),
      product.copies,
    )
  })

/** Tokens of a part of the sum over all tokens. */
const tokensOfPart = 1024

/** o[h, r, d]: parts of 1024 tokens per workgroup, whose threads share rows and tokens; a second dispatch adds the parts. */
export const valueSchedules = (layout: RowLayout): readonly Schedule[] =>
  best('parts of 1024 tokens, 16 bytes of codes per lane; a second dispatch adds the parts', request => {
    const shape = lanesOf(request, layout)
    if (shape === undefined) return naive(request)
    const along = layout.group === undefined ? 'd' : 'd_group'
    const [first, second] = ['o_pass1', 'o_pass2']
    return sequence(
      splitReduction({ t: tokensOfPart, combine: 'secondPass', reassociate: true }),
      vectorize({ d: shape.width, stage: first }),
      splitReduction({ t: shape.rows, combine: 'shared', inner: 'row', reassociate: true, stage: first }),
      reorder({ order: layout.group === undefined ? 't_part.d' : 't_part.d_group', stage: first }),
      bind({ h: 'grid.z', r: 'grid.y', t_part: 'grid.x', row: 'block.y', [along]: 'block.x', stage: first }),
      split({ loop: 't', by: Math.min(8, tokensOfPart / shape.rows), inner: 'u', stage: first }),
      unroll({ loop: 'u', stage: first }),
      split({ loop: 't_part', by: 8, inner: 'u', stage: second }),
      unroll({ loop: 'u', stage: second }),
      layout.group === undefined
        ? [
            split({ loop: 'd', by: 32, stage: second }),
            bind({ h: 'grid.z', r: 'grid.y', d: 'grid.x', d_in: 'block.x', stage: second }),
          ]
        : bind({ h: 'grid.z', r: 'grid.y', d_group: 'grid.x', d: 'block.x', stage: second }),
    )
  })

/** o[h, r, d]: a workgroup per chunk of 1024 tokens reads keys and values once, its scores stay on chip; a second dispatch combines the chunks. */
export const attentionSchedules = (layout: RowLayout): readonly Schedule[] =>
  best(
    'a workgroup per chunk of 1024 tokens, scores on chip, keys and values read once; a second dispatch combines chunks',
    request => {
      const shape = lanesOf(request, layout)
      if (shape === undefined) return naive(request)
      const { lanes, rows, width } = shape
      const product = keyProduct(request, layout, shape, { tokens: 't', inTurn: tokensInTurn })
      const along = layout.group === undefined ? 'd' : 'd_group'
      /** A fold over the tokens of a chunk, one per thread. */
      const overThreads = (stage: string): readonly Step[] =>
        sequence(
          splitReduction({ t: rows, combine: 'shared', inner: 'ty', reassociate: true, stage }),
          lanes > 1 && splitReduction({ t: lanes, combine: combine(request), inner: 'tx', reassociate: true, stage }),
          bind(lanes > 1 ? { ty: 'block.y', tx: 'block.x', stage } : { ty: 'block.y', stage }),
        )
      /** Chunks that are combined at a time: four channels per thread. */
      const together = Math.max(1, Math.min(8, (4 * threads) / (request.fixed?.get('D') ?? threads)))
      const inLast = (stage: string): readonly Step[] => [
        splitReduction({ c: together, combine: 'shared', inner: 'cy', reassociate: true, stage }),
      ]
      // WebGPU devices need not offer more than eight arrays per dispatch. With zero points there are eleven, so the scores go through memory there.
      const isOnChip = perTarget(request, { wgsl: layout.hasZeros !== true, cuda: true })
      return sequence(
        sumsOfQuery(layout),
        fuse({ producer: 'l', consumer: 'a', loops: 3 }),
        fuse({ producer: 'p', consumer: 'l', loops: 3, memory: 'shared' }),
        fuse({ producer: 'm', consumer: 'l', loops: 3 }),
        isOnChip && fuse({ producer: 's', consumer: 'm', loops: 3, memory: 'shared' }),
        fuse({ producer: 'l', consumer: 'pair', loops: 3 }),
        bind({ h: 'grid.z', r: 'grid.y', t_group: 'grid.x', stage: 's' }),
        !isOnChip && bind({ h: 'grid.z', r: 'grid.y', c: 'grid.x', stage: 'pair' }),
        product.lanes,
        bind({ row: 'block.y', lane: 'block.x', stage: 's' }),
        product.copies,
        overThreads('m'),
        split({ loop: 't', by: lanes, inner: 'tx', stage: 'p' }),
        split({ loop: 't', by: rows, inner: 'ty', stage: 'p' }),
        bind({ tx: 'block.x', ty: 'block.y', stage: 'p' }),
        overThreads('l'),
        vectorize({ d: width, stage: 'a' }),
        splitReduction({ t: rows, combine: 'shared', inner: 'ty', reassociate: true, stage: 'a' }),
        bind({ [along]: 'block.x', ty: 'block.y', stage: 'a' }),
        split({ loop: 't', by: tokensInTurn, inner: 'u', stage: 'a' }),
        unroll({ loop: 'u', stage: 'a' }),
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
