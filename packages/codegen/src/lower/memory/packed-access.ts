/** Lowers reads and writes of rows of packed words. */
import type { Affine, Buffer, Loop } from '@qernel/dsl'
import { elementsPerUnit, flatMap } from '@qernel/dsl/internal'
import { isMultiple } from '@qernel/schedule/internal'
import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import { boolType, u32Type, withLanes } from '../../program/device-type.ts'
import {
  component,
  construct,
  eachLane,
  literal,
  op,
  product,
  quotient,
  remainder,
  splat,
  sum,
  typeOf,
  variable,
} from '../../program/expressions.ts'
import { bindValue, type Chunk, rowOf } from '../chunk.ts'
import type { FunctionContext } from '../function-context.ts'
import type { LoopValues } from '../loop-values.ts'
import { elementCodec } from './element-codecs.ts'
import { rowAlignment } from './memory-layout.ts'
import { extractPacked, packWords } from './packed-words.ts'
import { firstWordOf, type RunWords, storeRun, wordOfRun, wordsOfAccess } from './word-runs.ts'

/** The number of words of one packed row. */
function rowWords(buffer: Buffer, { indices, nest, target }: FunctionContext): DeviceExpr {
  const unit = elementsPerUnit(buffer.type)
  const columns = buffer.dims.at(-1) as Buffer['dims'][number]
  const length = indices.extent(columns)
  const units = quotient(isMultiple(nest, columns, unit) ? length : sum(length, literal(unit - 1)), unit)
  return product(units, literal(rowAlignment(buffer, target) / 4))
}

export function wordAt(buffer: Buffer, row: DeviceExpr, position: DeviceExpr, context: FunctionContext): DeviceExpr {
  const index = sum(product(row, rowWords(buffer, context)), position)
  const lanes = context.lanes.get(buffer.name) as 1 | 2 | 4
  const at = quotient(index, lanes)
  const type = withLanes(u32Type, lanes)
  const word: DeviceExpr = { kind: 'load', type, array: buffer.name, index: at, access: { storage: 'u32', lanes } }
  return lanes === 1 ? word : { kind: 'dynamicComponent', type: u32Type, of: word, lane: remainder(index, lanes) }
}

/** The first word, counted in its row, of the unit that contains lane 0. */
function firstWord(buffer: Buffer, index: readonly Affine[], { context, laneValues }: Chunk): DeviceExpr {
  const values = laneValues[0] as LoopValues
  const unit = elementsPerUnit(buffer.type)
  const last = index.at(-1) as Affine
  return product(context.indices.divided(last, values, unit), literal((unit * buffer.type.bits) / 32))
}

/**
 * Loads all lanes of a chunk from the words that hold them. Each word is loaded once.
 *
 * @param run the number of words that one access moves; undefined for single words
 */
export function loadWords(
  buffer: Buffer,
  index: readonly Affine[],
  type: DeviceExpr['type'],
  chunk: Chunk,
  bind: (name: string, value: DeviceExpr) => DeviceExpr,
  run?: RunWords,
): DeviceExpr {
  const { lanes, laneValues } = chunk
  const innermost = chunk.around.findLast(l => l.mode === 'vector') as Loop
  const start = laneValues[0]?.get(innermost.id) as number
  const word =
    run === undefined
      ? singleWords(buffer, index, start, chunk, bind)
      : (at: number) => wordOfRun(buffer, index, run, firstWordOf(buffer, chunk) + at, chunk)
  const { bits } = buffer.type
  const unit = elementsPerUnit(buffer.type)
  // The bit of the unit at which the chunk starts; it is known because vector loops are written out.
  const offset = (start % unit) * bits
  const { words } = elementCodec(buffer.type)
  if (words?.lanes === lanes) return bind(`${buffer.name}_vec`, op(words.unpack, type, word(offset / 32)))
  if (words !== undefined && lanes % words.lanes === 0) {
    const pairs = Array.from({ length: lanes / words.lanes }, (_, i) =>
      bind(`${buffer.name}_pair`, op(words.unpack, withLanes(type, words.lanes), word(offset / 32 + i))),
    )
    return bind(
      `${buffer.name}_vec`,
      construct(
        type,
        flatMap(pairs, pair => eachLane(words.lanes, lane => component(pair, lane))),
      ),
    )
  }
  const lane = (i: number): DeviceExpr =>
    extractPacked(buffer.type, literal((start % unit) + i), at => word((at as { value: number }).value))
  return bind(
    `${buffer.name}_vec`,
    construct(
      type,
      eachLane(lanes, i => lane(i)),
    ),
  )
}

/** The words of the unit in which a chunk starts. Each is loaded on first use, behind the test of the first lane that has bits in it. */
function singleWords(
  buffer: Buffer,
  index: readonly Affine[],
  start: number,
  chunk: Chunk,
  bind: (name: string, value: DeviceExpr) => DeviceExpr,
): (at: number) => DeviceExpr {
  const { context, laneValues } = chunk
  const innermost = chunk.around.findLast(l => l.mode === 'vector') as Loop
  const rows = rowOf(
    buffer,
    index.map(a => context.indices.affine(a, laneValues[0] as LoopValues)),
    chunk,
  )
  const { bits } = buffer.type
  const unit = elementsPerUnit(buffer.type)
  const offset = (start % unit) * bits
  const unitStart = (laneValues[0] as LoopValues).with(innermost.id, start - (start % unit))
  const base = firstWord(buffer, index, { ...chunk, laneValues: [unitStart] })
  const words = new Map<number, DeviceExpr>()
  const word = (at: number): DeviceExpr => {
    const known = words.get(at) ?? loadWord(wordAt(buffer, rows, sum(base, literal(at)), context), firstLaneOf(at))
    words.set(at, known)
    return known
  }
  // Rows are padded to whole units, so a word exists if the unit has an element. A 3-bit code may begin in the word before.
  const firstLaneOf = (at: number): number =>
    buffer.type.halves !== undefined ? 0 : Math.max(0, Math.floor((at * 32 - offset) / bits))
  const loadWord = (value: DeviceExpr, lane: number): DeviceExpr => {
    const mask = chunk.masks[lane]
    if (mask === undefined) return bind(`${buffer.name}_word`, value)
    const name = context.namer.fresh(`${buffer.name}_word`)
    chunk.statements.push(
      { kind: 'var', name, type: value.type, value: literal(0) },
      { kind: 'if', condition: mask, body: [{ kind: 'assign', name, value }] },
    )
    return variable(name, value.type)
  }
  return word
}

/** The bits of each lane of a chunk, 0 for lanes outside. If an operation packs whole words, there is one piece per word. */
export function packedLanes(buffer: Buffer, value: DeviceExpr, chunk: Chunk): DeviceExpr[] {
  const { lanes, masks } = chunk
  const whole = splat(value, lanes)
  const masked = masks.some(mask => mask !== undefined)
  const kept = !masked
    ? whole
    : op(
        'select',
        whole.type,
        construct(
          withLanes(boolType, lanes),
          masks.map(mask => mask ?? literal(1, boolType)),
        ),
        whole,
        splat(literal(0, typeOf(buffer.type.compute)), lanes),
      )
  const { words, encode } = elementCodec(buffer.type)
  if (words?.lanes === lanes) return [op(words.pack, u32Type, kept)]
  const named = kept.kind === 'variable' || lanes === 1 ? kept : bindValue(kept, chunk)
  if (words !== undefined && lanes % words.lanes === 0)
    return Array.from({ length: lanes / words.lanes }, (_, i) => {
      const part = eachLane(words.lanes, lane => component(named, words.lanes * i + lane))
      return op(words.pack, u32Type, construct(withLanes(whole.type, words.lanes), part))
    })
  return eachLane(lanes, lane => encode(component(named, lane)))
}

/** Neighboring packed elements, collected until they fill words. */
export interface Run {
  readonly first: Chunk
  readonly pieces: DeviceExpr[]
  readonly masks: (DeviceExpr | undefined)[]
}

export function writeWords(buffer: Buffer, { first: chunk, pieces, masks }: Run): void {
  const { context, leaf, laneValues, statements } = chunk
  const elementsEach = masks.length / pieces.length
  const run = wordsOfAccess(buffer, leaf.index, chunk)
  if (run !== undefined) {
    statements.push(...storeRun(buffer, leaf.index, run, packWords(buffer.type, pieces, elementsEach), chunk))
    return
  }
  const row = rowOf(
    buffer,
    leaf.index.map(a => context.indices.affine(a, laneValues[0] as LoopValues)),
    chunk,
  )
  const base = firstWord(buffer, leaf.index, chunk)
  const elements = elementsPerUnit(buffer.type)
  const unit = { elements, bits: elements * buffer.type.bits }
  for (const [position, word] of packWords(buffer.type, pieces, elementsEach).entries()) {
    const index = sum(product(row, rowWords(buffer, context)), sum(base, literal(position)))
    const store: DeviceStatement = {
      kind: 'store',
      array: buffer.name,
      index,
      access: { storage: 'u32', lanes: 1 },
      value: word,
    }
    // Rows consist of whole units, so all words of a unit exist if its first element does.
    const mask = masks[Math.floor((position * 32) / unit.bits) * unit.elements]
    statements.push(mask === undefined ? store : { kind: 'if', condition: mask, body: [store] })
  }
}
