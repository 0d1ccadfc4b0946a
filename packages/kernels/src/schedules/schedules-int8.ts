/**
 * Schedules of the kernels with one scale per channel, as measured on an H100 and an H200 (docs/performance.md): 16 bytes per lane on the wide side, and a few
 * rows per thread whose loads come first, where rows and their number are known to be divided.
 */
import { best, comeInRows, type KernelSchedule, type ScheduleTarget, text, wholeVectors } from './schedules.ts'

/** Neighbouring elements of 16 bytes. */
const lanesOf = ({ elementBits = 32 }: ScheduleTarget): number => Math.min(8, 128 / elementBits)

/** What D is known to be a multiple of: where it is fixed, of itself. */
const multipleOfD = ({ fixed, multiples }: ScheduleTarget): number => fixed.get('D') ?? multiples?.get('D') ?? 1

/** Whether rows are whole tiles of `columns` and come in whole groups of `rows`. */
const divides = (target: ScheduleTarget, rows: number, columns: number): boolean =>
  multipleOfD(target) % columns === 0 && comeInRows(target, rows)

/** The widest vectors that rows are known to divide into. */
const lanesThatDivide = (target: ScheduleTarget, widest: number): number | undefined =>
  [widest, 4].find(lanes => multipleOfD(target) % lanes === 0)

/** For any number of rows: a row per thread, of as many lanes as rows are known to divide into. */
function anyRows(target: ScheduleTarget, widest: number): string {
  const lanes = lanesThatDivide(target, widest)
  return lanes === undefined
    ? 'tile(t=8,d=128) vectorize(d=4)'
    : text(`tile(t=${2 * lanes},d=128) vectorize(d=${lanes})`, wholeVectors(target, 'd', lanes))
}

/** Lanes of a vector, threads of a workgroup, rows of a thread: measured, on an H200 for 16-bit floats in CUDA. */
function quantizeShape(target: ScheduleTarget): { lanes: number; threads: number; together: number } {
  if (target.name === 'wgsl') return { lanes: 4, threads: lanesOf(target) === 8 ? 128 : 256, together: 8 }
  return lanesOf(target) === 8 ? { lanes: 8, threads: 128, together: 4 } : { lanes: 4, threads: 256, together: 2 }
}

export const quantizeRows: readonly KernelSchedule[] = best(
  '16 bytes per lane, in WGSL 4 elements, and a few rows per thread where they divide, so that a reciprocal serves all of them',
  target => {
    const { lanes, threads, together } = quantizeShape(target)
    const widths = [target.name === 'wgsl' ? threads * lanes : 512, 256, 128]
    const columns = widths.find(width => multipleOfD(target) % width === 0)
    const rows = ((threads * lanes) / (columns ?? 1)) * together
    if (columns === undefined || !divides(target, rows, columns)) return anyRows(target, lanes)
    return text(
      `tile(t=${rows},d=${columns}) vectorize(d=${lanes}) coarsen(t=${together}) predicate(t=assume)`,
      wholeVectors(target, 'd', lanes),
    )
  },
)

export const dequantizeRows: readonly KernelSchedule[] = best(
  '16 bytes per lane where they are written, a row per thread or a few (WGSL) where they divide',
  target => {
    const lanes = lanesOf(target)
    const [rows, columns, steps] =
      target.name === 'cuda'
        ? [1, 64 * lanes, '']
        : lanes === 8
          ? [4, 1024, 'coarsen(t=4) predicate(t=assume)']
          : [1, 512, 'coarsen(t=2)']
    if (!divides(target, rows, columns)) return anyRows(target, lanes)
    return text(`tile(t=4,d=${columns}) vectorize(d=${lanes})`, steps !== '' && steps, wholeVectors(target, 'd', lanes))
  },
)

/** How elements are shared out: maxima of `rows` tokens, `columns` of each a workgroup, by `threads` rows of threads. */
interface MaximaShape {
  readonly rows: number
  readonly threads: number
  readonly columns: number
}

function maximaShape(target: ScheduleTarget): MaximaShape {
  const lanes = lanesOf(target)
  // A row is at least as long as what divides it.
  const D = multipleOfD(target)
  // Rows this long are enough workgroups by themselves: a thread folds alone.
  if (D >= (lanes === 8 ? 4096 : 2048)) return { rows: 1024, threads: 1, columns: 512 }
  // WebGPU promises 256 threads per workgroup.
  if (target.name === 'wgsl') return { rows: lanes === 8 ? 2048 : 1024, threads: lanes, columns: 32 * lanes }
  return { rows: 2048, threads: D >= 2048 ? 8 : 16, columns: 32 * lanes }
}

export const columnMaxima: readonly KernelSchedule[] = best(
  'maxima over 1024 or 2048 tokens meet in an atomic maximum, 16 bytes per lane, 8 loads before the first use where rows divide',
  target => {
    const shape = maximaShape(target)
    const D = multipleOfD(target)
    if (divides(target, shape.rows, shape.columns))
      return foldColumns(shape, lanesOf(target), 'predicate(t=assume)', wholeVectors(target, 'd', lanesOf(target)))
    const lanes = lanesThatDivide(target, lanesOf(target))
    if (lanes === undefined) return 'splitReduction(t=256,combine=atomic) tile(d=64) vectorize(d=4)'
    // Of no columns, a tile has some all the same.
    const columns = target.fixed.has('D') && D > 0 && D < 128 ? D : D % shape.columns === 0 ? shape.columns : 128
    // Few columns, or nobody knows how many: more workgroups along the tokens keep a GPU busy.
    const rows = D < 1024 ? 512 : shape.rows
    // Where the number of rows is open, the last are peeled off.
    const last = comeInRows(target, rows) ? 'predicate(t=assume)' : 'predicate(t=peel)'
    return foldColumns({ ...shape, rows, columns }, lanes, wholeVectors(target, 'd', lanes), last)
  },
)

const foldColumns = ({ rows, threads, columns }: MaximaShape, lanes: number, ...ends: (string | false)[]): string =>
  text(
    `splitReduction(t=${rows},combine=atomic)`,
    `tile(d=${columns})`,
    `vectorize(d=${lanes})`,
    threads > 1 && `splitReduction(t=${threads},combine=shared,inner=lane) bind(lane=block.y)`,
    'split(loop=t,by=8,inner=k)',
    'unroll(loop=k)',
    ...ends,
  )
