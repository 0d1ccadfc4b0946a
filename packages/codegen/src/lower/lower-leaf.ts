/** Lowers one store or update: its loads, its value in chunks of at most 4 lanes, and the write. */
import type { Buffer, Loop } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import type { Leaf } from '@qernel/schedule'
import { constantExtent } from '@qernel/schedule/internal'
import type { DeviceExpr, DeviceStatement } from '../program/device-program.ts'
import { boolType } from '../program/device-type.ts'
import { eachLane, lessThan, op, variable } from '../program/expressions.ts'
import { isSameExpression } from '../program/rewrite-program.ts'
import { namesRead } from '../program/walk-program.ts'
import { type Chunk, flushMasked } from './chunk.ts'
import type { FunctionContext } from './function-context.ts'
import type { LeafShape } from './leaf-shape.ts'
import type { LoopValues } from './loop-values.ts'
import { lowerExpression } from './lower-expression.ts'
import { writeAtomic, writeGlobal } from './memory/lower-store.ts'
import { isPacked } from './memory/memory-layout.ts'
import { packedLanes, type Run, writeWords } from './memory/packed-access.ts'
import { writeLocal } from './memory/private-access.ts'
import { wordsOfAccess } from './memory/word-runs.ts'

export function lowerLeaf(leaf: Leaf, values: LoopValues, context: FunctionContext): DeviceStatement[] {
  const shape = context.shapes.get(leaf) as LeafShape
  const { around, vectors, elements, lanes } = shape
  const innermost = vectors.at(-1)
  const target = context.nest.buffers.get(leaf.buffer) as Buffer
  const statements: DeviceStatement[] = []
  const runs = new Map<string, string>()
  // Collects the packed lanes of one run of the innermost vector loop, which fill whole words and are written together.
  let run: Run | undefined
  for (let start = 0; start < elements; start += lanes) {
    const laneValues = eachLane(lanes, lane => withLane(values, vectors, start + lane, context))
    const chunk: Chunk = {
      context,
      leaf,
      shape,
      around,
      lanes,
      laneValues,
      masks: maskLanes(shape, laneValues, start, context, statements),
      statements,
      runs,
      masked: new Map(),
    }
    const value = lowerExpression(leaf.value, chunk)
    flushMasked(chunk)
    const kept = value()
    if (leaf.kind === 'update' && leaf.atomic) writeAtomic(target, kept, chunk)
    else if (target.memory !== 'global') writeLocal(target, kept, chunk)
    else if (!isPacked(target, context.target) && wordsOfAccess(target, leaf.index, chunk) === undefined)
      writeGlobal(target, kept, chunk)
    else {
      run ??= { first: chunk, pieces: [], masks: [] }
      run.pieces.push(...packedLanes(target, kept, chunk))
      run.masks.push(...chunk.masks)
      const runLength = constantExtent(context.nest, innermost?.extent ?? 1) as number
      if ((start + lanes) % runLength !== 0) continue
      writeWords(target, run)
      run = undefined
    }
  }
  return target.memory === 'register' && leaf.value.kind === 'load' ? withoutNames(statements) : statements
}

/** `let v = load; r = v` becomes `r = load`: a statement that only moves data needs no extra name, unless another lane uses it too. */
function withoutNames(statements: readonly DeviceStatement[]): DeviceStatement[] {
  const isDropped = (s: DeviceStatement | undefined, after: DeviceStatement | undefined): boolean =>
    s?.kind === 'let' &&
    after !== undefined &&
    takes(after, s.name) &&
    statements.filter(one => namesRead([one]).has(s.name)).length === 1
  return flatMap(statements, (s, i): DeviceStatement[] => {
    if (isDropped(s, statements[i + 1])) return []
    const before = statements[i - 1]
    return before?.kind === 'let' && s.kind === 'assign' && isDropped(before, s) ? [{ ...s, value: before.value }] : [s]
  })
}

const takes = (s: DeviceStatement, name: string): s is DeviceStatement & { kind: 'assign' } =>
  s.kind === 'assign' && s.lane === undefined && s.value.kind === 'variable' && s.value.name === name

/** The values of the vector loops at one element, the last loop fastest. */
function withLane(values: LoopValues, loops: readonly Loop[], element: number, { nest }: FunctionContext): LoopValues {
  let rest = element
  return loops.reduceRight((at, { id, extent }) => {
    const length = constantExtent(nest, extent) as number
    const place = rest % length
    rest = Math.floor(rest / length)
    return at.with(id, place)
  }, values)
}

/**
 * The tests of the lanes of a chunk, as named booleans. Lane 0 of the first chunk needs none, because its test stands around the leaf. Vectors of
 * several chunks need many tests, so those that depend only on the position of the thread are made once for all statements.
 */
function maskLanes(
  { masks: guards, elements, lanes: ofChunk }: LeafShape,
  laneValues: readonly LoopValues[],
  start: number,
  context: FunctionContext,
  statements: DeviceStatement[],
): (DeviceExpr | undefined)[] {
  return laneValues.map((values, lane) => {
    if (guards.length === 0 || start + lane === 0) return undefined
    const tests = guards.map(g => lessThan(context.indices.affine(g.index, values), context.indices.extent(g.below)))
    const value = tests.length === 1 ? (tests[0] as DeviceExpr) : op('all', boolType, ...tests)
    const isShared = elements > ofChunk && isKnownAtStart(value, context)
    const known = isShared ? context.tests.find(one => isSameExpression(one.value, value)) : undefined
    if (known !== undefined) return variable(known.name, boolType)
    const test = { kind: 'let' as const, name: context.namer.fresh(`inside_${start + lane}`), value }
    ;(isShared ? context.tests : statements).push(test)
    return variable(test.name, boolType)
  })
}

/** Whether a test depends only on sizes and on coordinates that the function computes at its start. */
function isKnownAtStart(value: DeviceExpr, { indices }: FunctionContext): boolean {
  const start = new Set(indices.coordinates.map(one => (one.kind === 'let' ? one.name : '')))
  return [...namesRead([{ kind: 'let', name: '', value }])].every(name => start.has(name))
}
