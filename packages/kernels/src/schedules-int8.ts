/**
 * Schedules of the kernels with a scale a channel, as measured on an H100 (docs/performance.md): 16 bytes a lane on the wide side, and a few
 * rows a thread whose loads come first, where rows and their number are known to be divided.
 */
import { best, comeInRows, type KernelSchedule, type ScheduleTarget } from './schedules.ts'

/** For any size: what no divisor is known of. */
const anySize = 'tile(t=8,d=128) vectorize(d=4)'

/** Neighbouring elements of 16 bytes. */
const lanesOf = ({ elementBits = 32 }: ScheduleTarget): number => Math.min(8, 128 / elementBits)

/** Whether rows are whole tiles of `columns` and come in whole groups of `rows`. */
const divides = (target: ScheduleTarget, rows: number, columns: number): boolean =>
  (target.fixed.get('D') ?? 1) % columns === 0 && comeInRows(target, rows)

export const quantizeRows: readonly KernelSchedule[] = best(
  '16 bytes a lane and two rows a thread, in WGSL 4 elements a lane and eight rows, where they divide, so that a reciprocal serves all of them',
  target => {
    const lanes = lanesOf(target)
    if (target.name === 'cuda') {
      const rows = lanes === 8 ? 8 : 4
      return divides(target, rows, 512)
        ? `tile(t=${rows},d=512) vectorize(d=${lanes}) coarsen(t=2) predicate(t=assume)`
        : anySize
    }
    // Rows of one thread share reciprocals, which take as long as two elements.
    const columns = lanes === 8 ? 512 : 1024
    return divides(target, 8, columns)
      ? `tile(t=8,d=${columns}) vectorize(d=4) coarsen(t=8) predicate(t=assume)`
      : anySize
  },
)

export const dequantizeRows: readonly KernelSchedule[] = best(
  '16 bytes a lane where they are written, a row a thread or a few (WGSL) where they divide',
  target => {
    const lanes = lanesOf(target)
    if (target.name === 'cuda')
      return divides(target, 1, 64 * lanes) ? `tile(t=4,d=${64 * lanes}) vectorize(d=${lanes})` : anySize
    if (lanes === 8)
      return divides(target, 4, 1024) ? 'tile(t=4,d=1024) vectorize(d=8) coarsen(t=4) predicate(t=assume)' : anySize
    return divides(target, 1, 512) ? 'tile(t=4,d=512) vectorize(d=4) coarsen(t=2)' : anySize
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
  const D = target.fixed.get('D') ?? 0
  // Rows this long are enough workgroups by themselves: a thread folds alone.
  if (D >= (lanes === 8 ? 4096 : 2048)) return { rows: 1024, threads: 1, columns: 512 }
  // WebGPU promises 256 threads a workgroup.
  if (target.name === 'wgsl') return { rows: lanes === 8 ? 2048 : 1024, threads: lanes, columns: 32 * lanes }
  return { rows: 2048, threads: D >= 2048 ? 8 : 16, columns: 32 * lanes }
}

export const columnMaxima: readonly KernelSchedule[] = best(
  'maxima over 1024 or 2048 tokens meet in an atomic maximum, 16 bytes a lane, 8 loads before the first use where rows divide',
  target => {
    const { rows, threads, columns } = maximaShape(target)
    if (!divides(target, rows, columns)) return 'splitReduction(t=256,combine=atomic) tile(d=64) vectorize(d=4)'
    return [
      `splitReduction(t=${rows},combine=atomic)`,
      `tile(d=${columns})`,
      `vectorize(d=${lanesOf(target)})`,
      ...(threads > 1 ? [`splitReduction(t=${threads},combine=shared,inner=lane)`, 'bind(lane=block.y)'] : []),
      'split(loop=t,by=8,inner=k)',
      'unroll(loop=k)',
      'predicate(t=assume)',
    ].join(' ')
  },
)
