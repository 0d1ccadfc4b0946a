/**
 * Accesses of 2 or 4 words for runs of elements narrower than 32 bits: one access loads eight f16 (16 bytes) or stores eight i8 (8 bytes).
 *
 * ```
 *   let x_words = x[t * (D / 8) + d / 8]          vec4<u32>: elements 0 … 7
 *   let x_pair  = unpackF16(x_words.x)            elements 0, 1
 * ```
 */
import type { Affine, Buffer, Loop } from '@qernel/dsl'
import { elementsPerUnit } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import { u32Type, withLanes } from '../../program/device-type.ts'
import { component, construct, variable } from '../../program/expressions.ts'
import type { Chunk } from '../chunk.ts'
import type { FunctionContext } from '../function-context.ts'
import type { LoopValues } from '../loop-values.ts'
import { runWords } from './memory-layout.ts'
import { widePosition } from './wide-access.ts'

export type RunWords = 2 | 4

/** The number of words of a global array that one access of a chunk moves; undefined if it accesses single words or elements. */
export function wordsOfAccess(
  buffer: Buffer,
  index: readonly (Affine | undefined)[],
  chunk: Chunk,
): RunWords | undefined {
  const { context, shape, masks } = chunk
  if (buffer.memory !== 'global' || buffer.type.bits >= 32) return undefined
  if (masks.some(mask => mask !== undefined)) return undefined
  const words = runWords(context.nest, buffer, index, shape, wordsDeclared(buffer, context))
  return words === 1 ? undefined : words
}

/** The numbers of words that one access may move. Without pointer casts, the declaration of the array determines the number. */
function wordsDeclared(buffer: Buffer, { lanes, target }: FunctionContext): readonly RunWords[] {
  if (!target.vectorArithmetic) return [4, 2]
  const declared = lanes.get(buffer.name)
  return declared === 4 || declared === 2 ? [declared] : []
}

/** The position of run number `run` of the innermost vector loop, counted in runs. */
function runPosition(buffer: Buffer, index: readonly Affine[], words: RunWords, run: number, chunk: Chunk): DeviceExpr {
  const innermost = chunk.around.findLast(l => l.mode === 'vector') as Loop
  const elements = (words * 32) / buffer.type.bits
  const values = (chunk.laneValues[0] as LoopValues).with(innermost.id, run * elements)
  return widePosition(buffer, index, elements, { ...chunk, laneValues: [values] })
}

/**
 * A word of the run that a chunk reads, counted from the start of its vector loop. Chunks of one statement share their loads.
 */
export function wordOfRun(
  buffer: Buffer,
  index: readonly Affine[],
  words: RunWords,
  word: number,
  chunk: Chunk,
): DeviceExpr {
  const position = runPosition(buffer, index, words, Math.floor(word / words), chunk)
  const key = `${buffer.name}[${JSON.stringify(position)}]`
  const type = withLanes(u32Type, words)
  let name = chunk.runs.get(key)
  if (name === undefined) {
    name = chunk.context.namer.fresh(`${buffer.name}_words`)
    chunk.runs.set(key, name)
    const access = { storage: 'u32', lanes: words } as const
    chunk.statements.push({
      kind: 'let',
      name,
      value: { kind: 'load', type, array: buffer.name, index: position, access },
    })
  }
  return component(variable(name, type), word % words)
}

/** Stores the words of one run of the vector loop, 2 or 4 at a time. */
export function storeRun(
  buffer: Buffer,
  index: readonly Affine[],
  words: RunWords,
  values: readonly DeviceExpr[],
  first: Chunk,
): DeviceStatement[] {
  const type = withLanes(u32Type, words)
  return Array.from({ length: values.length / words }, (_, run) => ({
    kind: 'store',
    array: buffer.name,
    index: runPosition(buffer, index, words, run, first),
    access: { storage: 'u32', lanes: words },
    value: construct(type, values.slice(run * words, (run + 1) * words)),
  }))
}

/** The first word of the unit in which a chunk starts, counted from the start of its vector loop. */
export const firstWordOf = (buffer: Buffer, { around, laneValues }: Chunk): number => {
  const innermost = around.findLast(l => l.mode === 'vector') as Loop
  const start = laneValues[0]?.get(innermost.id) as number
  const unit = elementsPerUnit(buffer.type)
  return ((start - (start % unit)) * buffer.type.bits) / 32
}
