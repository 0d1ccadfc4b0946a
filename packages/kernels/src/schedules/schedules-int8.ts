/**
 * Schedules of the kernels with one scale per channel, as measured on an H100 and an H200 (docs/performance.md): 16
 * bytes per lane on the wide side, and a few rows per thread whose loads come first, if rows and their number are known
 * to divide evenly.
 */
import {
  bind,
  coarsen,
  occupancy,
  predicate,
  type Schedule,
  type ScheduleRequest,
  type Step,
  sequence,
  split,
  splitReduction,
  tile,
  unroll,
  vectorize,
} from '@qernel/schedule'
import { best, combine, comeInRows, elementBits, perTarget, wholeVectors } from './schedules.ts'

/** Neighbouring elements of 16 bytes. */
const lanesOf = (request: ScheduleRequest): number => Math.min(8, 128 / elementBits(request))

/** The known divisor of D; if D is fixed, D itself. */
const multipleOfD = ({ fixed, multiples }: ScheduleRequest): number => fixed?.get('D') ?? multiples?.get('D') ?? 1

/** Whether rows consist of whole tiles of `columns` and come in whole groups of `rows`. */
const divides = (request: ScheduleRequest, rows: number, columns: number): boolean =>
  multipleOfD(request) % columns === 0 && comeInRows(request, rows)

/** The widest vectors that rows are known to divide into. */
const lanesThatDivide = (request: ScheduleRequest, widest: number): number | undefined =>
  [widest, 4].find(lanes => multipleOfD(request) % lanes === 0)

/** For any number of rows: one row per thread, with the widest vectors that rows are known to divide into. */
function anyRows(request: ScheduleRequest, widest: number): readonly Step[] {
  const lanes = lanesThatDivide(request, widest)
  return lanes === undefined
    ? [tile({ t: 8, d: 128 }), vectorize({ d: 4 })]
    : sequence(tile({ t: 2 * lanes, d: 128 }), vectorize({ d: lanes }), wholeVectors(request, 'd', lanes))
}

/** Vector lanes, threads per workgroup, rows per thread: measured, for 16-bit floats in CUDA on an H200. */
function quantizeShape(request: ScheduleRequest): { lanes: number; threads: number; together: number } {
  return perTarget(request, {
    wgsl: { lanes: 4, threads: lanesOf(request) === 8 ? 128 : 256, together: 8 },
    cuda: lanesOf(request) === 8 ? { lanes: 8, threads: 128, together: 4 } : { lanes: 4, threads: 256, together: 2 },
  })
}

export const quantizeRows: readonly Schedule[] = best(
  '16 bytes per lane (WGSL: 4 elements), and several rows per thread that share a reciprocal; rows beyond the last whole group are peeled off',
  request => {
    const { lanes: widest, threads, together } = quantizeShape(request)
    const lanes = lanesThatDivide(request, widest)
    if (lanes === undefined) return anyRows(request, widest)
    const widths = [perTarget(request, { wgsl: threads * lanes, cuda: 512 }), 256]
    const columns = widths.find(width => multipleOfD(request) % width === 0) ?? 128
    const rows = ((threads * lanes) / columns) * together
    return sequence(
      tile({ t: rows, d: columns }),
      vectorize({ d: lanes }),
      coarsen({ t: together }),
      predicate({ t: comeInRows(request, rows) ? 'assume' : 'peel' }),
      wholeVectors(request, 'd', lanes),
      // 64 registers instead of 78: measured on an H200, 0.99 of the ceiling instead of 0.96. In bf16 fewer are needed anyway.
      isHalfInCuda(request) && comeInRows(request, rows) && occupancy({ threads: 1024 }),
    )
  },
)

/** Whether the elements are f16, in CUDA. */
const isHalfInCuda = (request: ScheduleRequest): boolean =>
  perTarget(request, { wgsl: false, cuda: request.kernel.tensors.some(({ type }) => type.name === 'f16') })

interface DequantizeShape {
  /** Tokens must come in whole groups of this many. */
  readonly rows: number
  readonly columns: number
  readonly steps: readonly Step[]
}

export const dequantizeRows: readonly Schedule[] = best(
  '16 bytes per lane on the written side, and one row per thread, or several in WGSL, where rows divide evenly',
  request => {
    const lanes = lanesOf(request)
    const { rows, columns, steps } = perTarget<DequantizeShape>(request, {
      wgsl:
        lanes === 8
          ? { rows: 4, columns: 1024, steps: [coarsen({ t: 4 }), predicate({ t: 'assume' })] }
          : { rows: 1, columns: 512, steps: [coarsen({ t: 2 })] },
      cuda: { rows: 1, columns: 64 * lanes, steps: [] },
    })
    if (!divides(request, rows, columns)) return anyRows(request, lanes)
    return sequence(tile({ t: 4, d: columns }), vectorize({ d: lanes }), steps, wholeVectors(request, 'd', lanes))
  },
)

/** How elements are distributed: each workgroup computes maxima over `rows` tokens for `columns` channels, with `threads` rows of threads. */
interface MaximaShape {
  readonly rows: number
  readonly threads: number
  readonly columns: number
}

function maximaShape(request: ScheduleRequest): MaximaShape {
  const lanes = lanesOf(request)
  // A row is at least as long as its divisor.
  const D = multipleOfD(request)
  // Rows this long give enough workgroups, so each thread folds alone.
  if (D >= (lanes === 8 ? 4096 : 2048)) return { rows: 1024, threads: 1, columns: 512 }
  // WebGPU guarantees 256 threads per workgroup.
  return perTarget(request, {
    wgsl: { rows: lanes === 8 ? 2048 : 1024, threads: lanes, columns: 32 * lanes },
    cuda: { rows: 2048, threads: D >= 2048 ? 8 : 16, columns: 32 * lanes },
  })
}

export const columnMaxima: readonly Schedule[] = best(
  'maxima over 1024 or 2048 tokens, combined by an atomic maximum; 16 bytes per lane, 8 loads before the first use where rows divide evenly',
  request => {
    const shape = maximaShape(request)
    const D = multipleOfD(request)
    if (divides(request, shape.rows, shape.columns))
      return foldColumns(
        shape,
        lanesOf(request),
        predicate({ t: 'assume' }),
        wholeVectors(request, 'd', lanesOf(request)),
      )
    const lanes = lanesThatDivide(request, lanesOf(request))
    if (lanes === undefined)
      return [splitReduction({ t: 256, combine: 'atomic' }), tile({ d: 64 }), vectorize({ d: 4 })]
    // Even without columns, a tile needs some.
    const columns = request.fixed?.has('D') && D > 0 && D < 128 ? D : D % shape.columns === 0 ? shape.columns : 128
    // With few columns, or an unknown number, more workgroups along the tokens keep a GPU busy.
    const rows = D < 1024 ? 512 : shape.rows
    // If the number of rows is open, the last ones are peeled off.
    const last = predicate({ t: comeInRows(request, rows) ? 'assume' : 'peel' })
    return foldColumns({ ...shape, rows, columns }, lanes, wholeVectors(request, 'd', lanes), last)
  },
)

/** The maximum of a tensor: 4 elements of a row per lane. */
export const tensorMaximum: readonly Schedule[] = best(
  'maxima over 16 tokens, combined by an atomic maximum',
  request => {
    const columns = [1024, 512, 256].find(width => multipleOfD(request) % width === 0) ?? 128
    return sequence(
      splitReduction({ t: 16, combine: 'atomic' }),
      splitReduction({ d: columns, combine: combine(request) }),
      vectorize({ d: 4 }),
      bind({ i0: 'grid.y', t_part: 'grid.x', d_in: 'block.x' }),
      wholeVectors(request, 'd', 4),
    )
  },
)

const foldColumns = (
  { rows, threads, columns }: MaximaShape,
  lanes: number,
  ...ends: readonly (Step | false)[]
): readonly Step[] =>
  sequence(
    splitReduction({ t: rows, combine: 'atomic' }),
    tile({ d: columns }),
    vectorize({ d: lanes }),
    threads > 1 && [splitReduction({ t: threads, combine: 'shared', inner: 'lane' }), bind({ lane: 'block.y' })],
    split({ loop: 't', by: 8, inner: 'k' }),
    unroll({ loop: 'k' }),
    ...ends,
  )
