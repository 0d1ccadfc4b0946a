/**
 * Schedules for words that hold many codes: 16 of 2 bits, 32 of 3 bits in three words. A lane that owned whole words
 * would hold 16 or 32 elements and need up to 238 registers and 2,400 lines. Here a lane has 4 neighbouring elements;
 * the codes of a workgroup are collected in shared memory and written from there as words.
 */
import { bind, cache, reorder, type Schedule, sequence, split, splitReduction, tile, vectorize } from '@qernel/schedule'
import { best, columnGroupPass, combine, fuseAll, perTarget, wholeVectors } from './schedules.ts'

interface GroupShape {
  readonly bits: number
  /** Elements of a group. */
  readonly length: number
}

/** The threads per workgroup that WebGPU guarantees. */
const threads = 256

/** Groups along the row: 4 elements per lane. */
export const packedGroupPass = (stages: readonly string[], { length }: GroupShape): readonly Schedule[] => {
  const lanes = length / 4
  // Two f16 parameters share a word.
  const groups = Math.max(2, 128 / length)
  const rows = threads / lanes / groups
  return best(
    `one dispatch: ${lanes} lanes per group, 4 elements per lane, kept in registers; codes are collected in shared memory; every input is read once`,
    request => {
      // If memory is addressed in words, parameters are collected as well.
      const parameters = perTarget(request, { wgsl: stages.filter(stage => stage !== 'q'), cuda: [] })
      const results = [...parameters, 'q']
      return sequence(
        fuseAll(stages, 2),
        tile({ t: rows, g: groups }),
        splitReduction({ d: length, combine: combine(request) }),
        split({ loop: 'd', by: length, stage: 'q' }),
        vectorize({ d: 4 }),
        bind({ t_in: 'block.z', g_in: 'block.y', d_in: 'block.x' }),
        cache({ buffer: 'x', memory: 'register', at: 'g_in' }),
        results.map(buffer => cache({ buffer, memory: 'shared', at: 'g' })),
        bind(
          Object.fromEntries(
            results.flatMap(result => [
              [`${result}_out_0`, 'block.z'],
              [`${result}_out`, 'block.x'],
            ]),
          ),
        ),
      )
    },
  )
}

/** How a group of tokens is distributed: tokens in parallel, and channels per workgroup. */
interface ColumnShape {
  readonly lanes: number
  readonly channels: number
}

/** The fewest lanes that keep a group in registers: up to 8 combine at once. */
const columnShapes: Readonly<Record<number, ColumnShape>> = {
  32: { lanes: 8, channels: 128 },
  64: { lanes: 8, channels: 128 },
  128: { lanes: 32, channels: 32 },
}
/** For the 16 KiB of shared memory that WebGPU guarantees, including what the lanes exchange. 128 tokens of one word of channels do not fit. */
const smallColumnShapes: Readonly<Record<number, ColumnShape>> = {
  32: { lanes: 16, channels: 64 },
  64: { lanes: 32, channels: 32 },
}

/** Groups along the tokens: 4 neighbouring channels of a few tokens per lane. */
export const packedColumnGroupPass = (stages: readonly string[], { bits, length }: GroupShape): readonly Schedule[] => {
  const wholeWords = columnGroupPass(stages, { bits, length })
  return best(
    'one dispatch: 4 neighbouring channels per lane, a few tokens each, kept in registers; codes are collected in shared memory; every input is read once',
    request => {
      const shape = perTarget(request, { wgsl: smallColumnShapes, cuda: columnShapes })[length]
      if (shape === undefined) return wholeWords[0]?.steps(request) ?? []
      const { lanes, channels } = shape
      return sequence(
        reorder({ order: 't_group.d.t', stage: 'q' }),
        fuseAll(stages, 2),
        split({ loop: 'd', by: channels }),
        vectorize({ d: 4 }),
        splitReduction({ t: lanes, combine: 'shared' }),
        split({ loop: 't', by: lanes, stage: 'q' }),
        bind({ g: 'grid.y', d: 'grid.x', t_in: 'block.y', d_in: 'block.x' }),
        cache({ buffer: 'x', memory: 'register', at: 'd_in' }),
        cache({ buffer: 'q', memory: 'shared', at: 'd' }),
        split({ loop: 'q_out_0', by: lanes }),
        bind({ q_out_0_in: 'block.y', q_out: 'block.x' }),
        wholeVectors(request, 'd', 4),
      )
    },
  )
}
