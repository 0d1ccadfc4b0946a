/**
 * Schedules of decode kernels whose codes are not rows of one group after another: groups of 32 tokens, and llama.cpp's blocks. A workgroup of 32 × 8
 * threads takes the elements of 32 tokens or 32 channels at a time. Sums are in the order of lanes and parts, so results differ in the last
 * bits from those of `naive`.
 */
import {
  bind,
  cache,
  coarsen,
  fuse,
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
import { best, combine, naive, perTarget } from './schedules.ts'
import { servedQueries } from './schedules-decode.ts'

/** The threads of a workgroup along x and y. */
const across = 32
const down = 8

/** How a format lies in memory. */
export interface GroupLayout {
  /** Tokens in groups of 32, or blocks of a row: with 8-bit codes, or with the nibbles of two halves in one byte. */
  readonly kind: 'token groups' | 'blocks' | 'nibble blocks'
  /** The query as the product reads it, and what is computed of it once per group of tokens. */
  readonly query?: 'q_scaled'
  /** The axis of the groups of channels, if the keys have such groups. */
  readonly hasKeyGroups?: boolean
  /** Parameters of values belong to groups of 32 channels. */
  readonly hasValueGroups?: boolean
}

const isWhole = ({ fixed }: ScheduleRequest): boolean =>
  (fixed?.get('D') ?? 1) % across === 0 && (fixed?.get('D') ?? 0) > 0

/** What is computed of the query for each group of tokens: a thread per channel, and per group. */
const onceForQuery = ({ query }: GroupLayout): readonly Step[] =>
  query === undefined
    ? []
    : [
        split({ loop: 'd', by: across, stage: query }),
        bind({ h: 'grid.z', r: 'grid.y', n: 'grid.x', d_in: 'block.x', stage: query }),
        split({ loop: 'n', by: across, stage: 'q_zero' }),
        bind({ h: 'grid.z', r: 'grid.y', n: 'grid.x', n_in: 'block.x', stage: 'q_zero' }),
      ]

/** A token per thread, its row 32 codes at a time. */
function tokenScores({ query: own, hasKeyGroups = false }: GroupLayout): readonly Step[] {
  const query = own ?? 'q'
  const piece = hasKeyGroups ? 'g' : 'd'
  const within = hasKeyGroups ? 'd' : 'e'
  return sequence(
    !hasKeyGroups && split({ loop: 'd', by: across, inner: 'e', stage: 's' }),
    split({ loop: 'n', by: down, inner: 'ty', stage: 's' }),
    bind({ ty: 'block.y', t: 'block.x', stage: 's' }),
    cache({ buffer: query, memory: 'register', at: piece, stage: 's' }),
    cache({ buffer: 'k', memory: 'register', at: piece, stage: 's' }),
    vectorize({ d: 8, stage: `${query}_reg` }),
    vectorize({ d: across, stage: 'k_reg' }),
    unroll({ loop: within, stage: 's' }),
  )
}

/** Rows of a tile of keys: 10 KiB with one number per byte. */
const rowsOfTile = ({ fixed }: ScheduleRequest): number =>
  Math.max(1, 2 ** Math.floor(Math.log2(2048 / (fixed?.get('D') ?? 2048))))

/** Rows of blocks, copied into shared memory in whole words: a lane per block, whose bytes are read from there. */
function blockScores(request: ScheduleRequest): readonly Step[] {
  const blocks = (request.fixed?.get('D') ?? 0) / across
  const lanes = 2 ** Math.floor(Math.log2(Math.max(1, Math.min(across, blocks))))
  return sequence(
    splitReduction({ g: lanes, combine: combine(request), inner: 'lane', reassociate: true, stage: 's' }),
    split({ loop: 't', by: rowsOfTile(request), inner: 'row', stage: 's' }),
  )
}

/** s[h, r, n, t]: a thread per token. */
export const groupScoreSchedules = (layout: GroupLayout): readonly Schedule[] =>
  best(
    'a thread per token of a group, 32 codes at a time; parameters are folded into the query once per group',
    request => {
      if (!isWhole(request)) return naive(request)
      return sequence(
        onceForQuery(layout),
        tokenScores(layout),
        bind({ h: 'grid.z', r: 'grid.y', n: 'grid.x', stage: 's' }),
      )
    },
  )

/** s[h, r, t] of blocks. */
export const blockScoreSchedules: readonly Schedule[] = best(
  'rows of blocks are copied into shared memory in whole words; a lane per block, whose sums are combined',
  request => {
    if (!isWhole(request)) return naive(request)
    return sequence(
      blockScores(request),
      bind({ h: 'grid.z', r: 'grid.y', t: 'grid.x', row: 'block.y', lane: 'block.x', stage: 's' }),
      cache({ buffer: 'k', memory: 'shared', by: 'threads', at: 't', stage: 's' }),
    )
  },
)

/** Channels side by side on the threads along x, whose tokens the threads along y share. */
function channelSums(
  request: ScheduleRequest,
  { kind, hasValueGroups = false }: GroupLayout,
  stage: string,
): readonly Step[] {
  const tokens = kind === 'token groups' ? 'n' : 't'
  const share = splitReduction({ [tokens]: down, combine: 'shared', inner: 'ty', reassociate: true, stage })
  if (kind === 'blocks') return [share, bind({ e: 'block.x', ty: 'block.y', stage })]
  if (kind === 'nibble blocks')
    return [vectorize({ half: 2, stage }), share, bind({ j: 'block.x', ty: 'block.y', stage })]
  if (hasValueGroups) return [share, bind({ d: 'block.x', ty: 'block.y', stage })]
  const width = [8, 4, 2].find(w => (request.fixed?.get('D') ?? 0) % (across * w) === 0)
  return sequence(
    width !== undefined && vectorize({ d: width, stage }),
    split({ loop: 'd', by: across, inner: 'tx', stage }),
    share,
    bind({ tx: 'block.x', ty: 'block.y', stage }),
  )
}

/** o: parts of 1024 tokens per workgroup; a second dispatch adds the parts. */
export const groupValueSchedules = (layout: GroupLayout): readonly Schedule[] =>
  best(
    'parts of 1024 tokens per workgroup, neighbouring channels on neighbouring threads; a second dispatch adds the parts',
    request => {
      if (!isWhole(request)) return naive(request)
      const [tokens, part] = layout.kind === 'token groups' ? ['n', 32] : ['t', 1024]
      const channels = { 'token groups': 'd', blocks: 'b.e', 'nibble blocks': 'b.half.j' }[layout.kind]
      const inner = channels.at(-1) ?? ''
      const [first, second] = ['o_pass1', 'o_pass2']
      return sequence(
        splitReduction({ [tokens]: part, combine: 'secondPass', reassociate: true }),
        reorder({ order: `${tokens}_part.${channels}`, stage: first }),
        channelSums(request, layout, first),
        bind({ h: 'grid.z', r: 'grid.y', [`${tokens}_part`]: 'grid.x', stage: first }),
        servedQueries(request) > 1 && coarsen({ r: servedQueries(request), order: 'blocked', stage: first }),
        inner === 'd' && split({ loop: 'd', by: across, inner: 'tx', stage: second }),
        bind({ h: 'grid.z', r: 'grid.y', [inner === 'd' ? 'tx' : inner]: 'block.x', stage: second }),
      )
    },
  )

/** o: a workgroup per chunk of 1024 tokens, whose weights stay on chip; a second dispatch combines the chunks. */
export const groupAttentionSchedules = (layout: GroupLayout): readonly Schedule[] =>
  best(
    'a workgroup per chunk of 1024 tokens, whose weights stay on chip; a second dispatch combines chunks',
    request => {
      if (!isWhole(request)) return naive(request)
      const isGrouped = layout.kind === 'token groups'
      const outer = isGrouped ? 'n' : 't'
      // Scores stay on chip where the arrays of both halves fit into one dispatch.
      const isOnChip = isGrouped && perTarget(request, { wgsl: layout.query === undefined, cuda: true })
      /** A fold over the tokens of a chunk. */
      const overThreads = (stage: string): readonly Step[] => [
        splitReduction({ [outer]: down, combine: 'shared', inner: 'ty', reassociate: true, stage }),
        splitReduction({ t: across, combine: combine(request), inner: 'tx', reassociate: true, stage }),
        bind({ ty: 'block.y', tx: 'block.x', stage }),
      ]
      return sequence(
        onceForQuery(layout),
        fuse({ producer: 'l', consumer: 'a', loops: 3 }),
        fuse({ producer: 'p', consumer: 'l', loops: 3, memory: 'shared' }),
        fuse({ producer: 'm', consumer: 'l', loops: 3 }),
        isOnChip && fuse({ producer: 's', consumer: 'm', loops: 3, memory: 'shared' }),
        fuse({ producer: 'l', consumer: 'pair', loops: 3 }),
        isGrouped ? tokenScores(layout) : blockScores(request),
        isGrouped
          ? bind({ h: 'grid.z', r: 'grid.y', n_group: 'grid.x', stage: 's' })
          : bind({ h: 'grid.z', r: 'grid.y', t_group: 'grid.x', row: 'block.y', lane: 'block.x', stage: 's' }),
        !isGrouped && cache({ buffer: 'k', memory: 'shared', by: 'threads', at: 't', stage: 's' }),
        !isOnChip && bind({ h: 'grid.z', r: 'grid.y', c: 'grid.x', stage: 'pair' }),
        overThreads('m'),
        isGrouped
          ? split({ loop: 'n', by: down, inner: 'ty', stage: 'p' })
          : split({ loop: 't', by: across, inner: 'tx', stage: 'p' }),
        !isGrouped && split({ loop: 't', by: down, inner: 'ty', stage: 'p' }),
        bind({ ty: 'block.y', [isGrouped ? 't' : 'tx']: 'block.x', stage: 'p' }),
        overThreads('l'),
        channelSums(request, layout, 'a'),
        combinedChunks(layout),
      )
    },
  )

/** The maxima, sums and results of all chunks of a query: eight chunks and 32 channels at a time. */
function combinedChunks({ kind }: GroupLayout): readonly Step[] {
  const overChunks = (stage: string): Step =>
    splitReduction({ c: down, combine: 'shared', inner: 'cy', reassociate: true, stage })
  const along = { 'token groups': 'tx', blocks: 'e', 'nibble blocks': 'j' }[kind]
  return sequence(
    fuse({ producer: 'peak', consumer: 'total', loops: 2 }),
    fuse({ producer: 'peak', consumer: 'o', loops: 2 }),
    kind === 'token groups' && split({ loop: 'd', by: across, inner: along, stage: 'o' }),
    ['peak', 'total', 'o'].map(overChunks),
    bind({ h: 'grid.y', r: 'grid.x', stage: 'peak' }),
    bind({ cy: 'block.y', stage: 'peak' }),
    bind({ cy: 'block.y', stage: 'total' }),
    bind({ cy: 'block.y', [along]: 'block.x', stage: 'o' }),
  )
}
