/** Good schedules of the families. All are exact: only maxima and minima are split. */
import {
  bind,
  cache,
  coarsen,
  fuse,
  namedSchedules,
  predicate,
  reorder,
  type Schedule,
  type ScheduleRequest,
  type ScheduleTarget,
  type Step,
  sequence,
  split,
  splitReduction,
  tile,
  unroll,
  vectorize,
} from '@qernel/schedule'

export const best = (summary: string, steps: Schedule['steps']): readonly Schedule[] => [
  { name: 'best', summary, steps },
]

/** The steps of the schedule `naive`. */
export const naive = (request: ScheduleRequest): readonly Step[] =>
  namedSchedules.find(({ name }) => name === 'naive')?.steps(request) ?? []

/** Chooses by target; without one, the choice for WGSL, which every device can run. */
export const perTarget = <Choice>(
  { target }: ScheduleRequest,
  choices: Readonly<Record<ScheduleTarget['name'], Choice>>,
): Choice => choices[target?.name ?? 'wgsl']

/** Whether tokens are known to come in whole groups of so many. */
export const comeInRows = ({ multiples }: ScheduleRequest, rows: number): boolean =>
  (multiples?.get('T') ?? 1) % rows === 0

/** Whether a size stays open and is a known multiple. For fixed sizes the steps find out by themselves. */
const isOpenMultiple = ({ fixed, multiples }: ScheduleRequest, size: string, of: number): boolean =>
  fixed?.has(size) !== true && (multiples?.get(size) ?? 1) % of === 0

/**
 * The step that makes accesses wide for an open size that is a known multiple of the vector width: no guards of single
 * elements remain.
 */
export const wholeVectors = (request: ScheduleRequest, axis: string, lanes: number): Step | false =>
  isOpenMultiple(request, axis.toUpperCase(), lanes) && predicate({ [axis]: 'assume' })

/** The steps of a schedule for a kernel with one stage, for that stage of a kernel with several. */
export const inStage = (stage: string, [schedule]: readonly Schedule[], request: ScheduleRequest): readonly Step[] =>
  schedule?.steps(request).map(step => ({ ...step, stage })) ?? []

/** How lanes of a workgroup combine. */
export const combine = ({ target }: ScheduleRequest): 'subgroup' | 'shared' =>
  target?.subgroup === undefined ? 'shared' : 'subgroup'

/** Bits of an element of the float tensor. */
export const elementBits = ({ kernel }: ScheduleRequest): number =>
  kernel.tensors.find(({ name }) => name === 'x')?.type.bits ?? 32

/** Fuses the stages of a quantizer into one pass: all of them in the outermost loops of the first. */
export const fuseAll = ([producer = '', ...consumers]: readonly string[], loops: number): readonly Step[] =>
  consumers.map(consumer => fuse({ producer, consumer, loops }))

/** How many numbers a thread can keep in registers without spilling. */
const keptNumbers = 32

/**
 * How a row is distributed: 32 lanes of 4 neighbouring elements each, and more lanes if the length is fixed and a lane
 * would hold more than fits.
 *
 * @param copies the rows of that length that one lane walks together (the halves of a half-split row)
 * @param kept the most numbers that a lane keeps
 */
function lanesOfRow(
  length: number | undefined,
  copies: number,
  kept = keptNumbers,
): { lanes: number; isKept: boolean } {
  if (length === undefined) return { lanes: 32, isKept: false }
  const fitting = [32, 64, 128, 256, 16].find(n => length % (4 * n) === 0 && (length * copies) / n <= kept)
  return { lanes: fitting ?? 32, isKept: fitting !== undefined }
}

/**
 * The lanes of a workgroup process a row (a token, a head vector): scale and codes in one dispatch.
 *
 * @param options.declares the kernel itself declares rows to be whole vectors
 */
export const rowPass = (
  stages: readonly string[],
  loops: number,
  { axis = 'd', declares = false }: { readonly axis?: 'd' | 'c'; readonly declares?: boolean } = {},
) =>
  best(
    'one dispatch: 32 lanes per row, or as many as keep a row of fixed length in registers; such rows are read once, others twice',
    request => {
      const length = request.fixed?.get(axis.toUpperCase())
      const last = stages.at(-1) ?? ''
      const isWide = elementBits(request) === 16 && axis === 'd' && last === 'q'
      // Few threads with more loads each: at 8192 f16 elements 0.95 of the ceiling in WGSL and 1.00 in CUDA, where 256 threads reach 0.87 and 0.93.
      const kept =
        isWide && (length ?? 0) >= perTarget(request, { wgsl: 4096, cuda: 8192 }) ? 2 * keptNumbers : keptNumbers
      const { lanes, isKept } = lanesOfRow(length, axis === 'c' ? 2 : 1, kept)
      const width = isWide && isKept && (length ?? 0) % (8 * lanes) === 0 ? 8 : 4
      // Workgroups of 128 threads: 0.99 of the ceiling where 256 reach 0.97 (1024 f16 elements, H200).
      const threads = isWide ? perTarget(request, { wgsl: 256, cuda: 128 }) : 256
      const rows = Math.max(1, threads / lanes)
      if (loops === 1 && axis === 'd' && isShort(request, length)) return shortRowPass(request, stages, length)
      return sequence(
        fuseAll(stages, loops),
        rows === 1 ? bind({ t: 'grid.x' }) : tile({ t: rows }),
        splitReduction({ [axis]: width * lanes, combine: combine(request) }),
        split({ loop: axis, by: width * lanes, stage: last }),
        vectorize({ [axis]: width }),
        bind({ ...(rows === 1 ? {} : { t_in: 'block.y' }), [`${axis}_in`]: 'block.x' }),
        isKept && cache({ buffer: 'x', memory: 'register', at: loops === 2 ? 'h' : rows === 1 ? 't' : 't_in' }),
        // If one lane has several vectors, all are loaded before the first is used, and none is in an indexed array.
        isKept && (length ?? 0) > width * lanes && unroll({ loop: axis }),
        !declares && wholeVectors(request, axis, width),
        rows > 1 && comeInRows(request, rows) && predicate({ t: 'assume' }),
      )
    },
  )

type ShortRow = 128 | 256

/** Rows for which 2 per thread pay off in CUDA on an H200: 0.65 of the ceiling instead of 0.52 at 128 f16 elements, 0.87 instead of 0.78 at 128 f32. */
const isShort = (request: ScheduleRequest, length: number | undefined): length is ShortRow =>
  perTarget(request, { wgsl: false, cuda: length === 128 || (length === 256 && elementBits(request) === 16) })

/** 8 elements per lane of 2 rows, in small workgroups. */
const shortRowPass = (request: ScheduleRequest, stages: readonly string[], length: ShortRow): readonly Step[] =>
  sequence(
    fuseAll(stages, 1),
    tile({ t: 8 }),
    coarsen({ t: 2 }),
    splitReduction({ d: length, combine: combine(request) }),
    split({ loop: 'd', by: length, stage: stages.at(-1) ?? '' }),
    vectorize({ d: 8 }),
    bind({ t_in: 'block.y', d_in: 'block.x' }),
    cache({ buffer: 'x', memory: 'register', at: 't_in' }),
    comeInRows(request, 8) && predicate({ t: 'assume' }),
  )

/** How many codes a lane must hold so that words have one owner. */
const wordOf: Readonly<Record<number, number>> = { 8: 4, 4: 8, 3: 32, 2: 16 }

/** Groups along the row: a lane holds the codes of whole words, the lanes of a group combine, the group stays in registers. */
export const groupPass = (stages: readonly string[], options: { bits: number; length: number; group?: string }) => {
  const group = options.group ?? 'g'
  const width = wordOf[options.bits] ?? 4
  const lanes = options.length / width
  return best(
    `one dispatch: ${lanes} ${lanes === 1 ? 'lane' : 'lanes'} per group, ${width} elements per lane, kept in registers; every input is read once`,
    request => {
      // Two f16 scales share a word, which one thread must own if f16 is not addressed directly.
      const pairs = perTarget(request, { wgsl: true, cuda: false })
      const rows = Math.min(8, 256 / (lanes * (pairs ? 2 : 4)))
      return sequence(
        fuseAll(stages, 2),
        tile({ t: rows, [group]: 4 }),
        pairs && vectorize({ [group]: 2 }),
        splitReduction({ d: options.length, combine: combine(request) }),
        split({ loop: 'd', by: options.length, stage: 'q' }),
        vectorize({ d: width }),
        bind({ t_in: 'block.z', [`${group}_in`]: 'block.y', d_in: 'block.x' }),
        cache({ buffer: 'x', memory: 'register', at: `${group}_in` }),
      )
    },
  )
}

/**
 * llama.cpp's blocks: the lanes of a block combine, its elements stay in registers, and the bytes of all blocks of a
 * workgroup are collected in shared memory and written as words: two blocks are whole words.
 */
export const blockPass = ({ axis, pairs, lanes }: { axis: 'e' | 'j'; pairs: number; lanes: number }) =>
  best(
    `one dispatch: ${lanes} lanes per block, in registers; the bytes of ${pairs} pairs of blocks are stored together; every input is read once`,
    request =>
      sequence(
        fuseAll(['step', 'blocks_d', 'blocks_q'], 2),
        split({ loop: 'b', by: 2, inner: 'h' }),
        split({ loop: 'b', by: pairs }),
        splitReduction({ [axis]: 4 * lanes, combine: combine(request) }),
        split({ loop: axis, by: 4 * lanes, stage: 'blocks_q' }),
        vectorize({ [axis]: 4 }),
        bind({ t: 'grid.y', b: 'grid.x', b_in: 'block.z', h: 'block.y', [`${axis}_in`]: 'block.x', byte: 'block.x' }),
        cache({ buffer: 'x', memory: 'register', at: 'h' }),
        cache({ buffer: 'blocks', memory: 'shared', at: 'b' }),
        split({ loop: 'blocks_out', by: 2 * lanes * pairs, inner: 'word_z' }),
        split({ loop: 'word_z', by: 2 * lanes, inner: 'word_y' }),
        split({ loop: 'word_y', by: lanes, inner: 'word' }),
        bind({ word_z: 'block.z', word_y: 'block.y', word: 'block.x' }),
        // If rows are whole pairs, no word is masked.
        isOpenMultiple(request, 'D', 64) && predicate({ b: 'assume', multiple: 64 }),
      ),
  )

/** Groups along the tokens: a thread takes the channels of a word over a few tokens of a group, and the lanes of a group combine. */
export const columnGroupPass = (
  stages: readonly string[],
  { bits, length }: { readonly bits: number; readonly length: number },
) => {
  const width = wordOf[bits] ?? 4
  const lanes = Math.min(length, 64, (width * length) / keptNumbers)
  const words = Math.min(16, 256 / lanes)
  return best(
    `one dispatch: ${lanes} lanes per group, each ${width} neighbouring channels of ${length / lanes} tokens, kept in registers; every input is read once`,
    request =>
      sequence(
        reorder({ order: 't_group.d.t', stage: 'q' }),
        fuseAll(stages, 2),
        split({ loop: 'd', by: width * words }),
        vectorize({ d: width }),
        splitReduction({ t: lanes, combine: combine(request) }),
        split({ loop: 't', by: lanes, stage: 'q' }),
        bind({ g: 'grid.y', d: 'grid.x', d_in: 'block.y', t_in: 'block.x' }),
        cache({ buffer: 'x', memory: 'register', at: 'd_in' }),
        wholeVectors(request, 'd', width),
      ),
  )
}

/**
 * A dequantizer: nothing to reduce, 16 bytes per lane.
 *
 * @param row the axis of a row whose length need not be whole vectors, and the lanes per vector
 */
export const elementwise = (steps: readonly Step[], row?: { readonly axis: 'd' | 'c'; readonly lanes: number }) =>
  best('one dispatch: neighbouring elements per lane, in the widest accesses', request =>
    sequence(steps, row !== undefined && wholeVectors(request, row.axis, row.lanes)),
  )
