/** From a finished kernel to the text of its CUDA kernels. */
import type { ArrayParameter, FinishedKernel, Launch, Target } from '@qernel/codegen'
import {
  arraysWritten,
  type DeviceFunction,
  type GlobalArray,
  readableExtent,
  requirementTexts,
  statementsOf,
} from '@qernel/codegen/internal'
import { type Identifiers, identifiers } from '../identifiers.ts'
import { comment } from './comment.ts'
import { ExpressionPrinter, type Memory, type Needs } from './print-expression.ts'
import { printFunction } from './print-function.ts'
import { listed, wrapped } from './prose.ts'
import { elementName, storageOf } from './types.ts'

/** The alignment that wide accesses to an array need. */
export interface Alignment {
  readonly bytes: number
  /** The C++ type of the access. */
  readonly as: string
}

/** One kernel, as lines. */
interface PrintedKernel {
  /** Comments, marked: for those who launch it without the host function. */
  readonly note: readonly string[]
  readonly code: readonly string[]
}

/** The kernels of one schedule, and what they need around them. */
export interface PrintedKernels {
  readonly finished: FinishedKernel<'cuda'>
  /** Its launches, by the names of entry points in the file. */
  readonly launches: readonly Launch[]
  /** Blocks along each dimension that a launch may have. */
  readonly longestGrid: Target['limits']['workgroupsPerDimension']
  /** What the names of the entry points end in. */
  readonly suffix: string
  readonly kernels: readonly PrintedKernel[]
  readonly names: Identifiers
  readonly needs: Needs
  /** Of arrays with wide accesses, by name. */
  readonly alignments: ReadonlyMap<string, Alignment>
}

/** @param hash what entry points end in, behind the suffix */
export function printKernels(
  finished: FinishedKernel<'cuda'>,
  { limits }: Target,
  hash: string,
  suffix = '',
): PrintedKernels {
  const { program, launches } = finished
  const names = identifiers(program, hash)
  const needs: Needs = { functions: new Set(), headers: new Set() }
  const alignments = new Map<string, Alignment>()
  const kernels = program.functions.map((one, position) => {
    const arrays = arraysOf(one, program.arrays)
    const printer = new ExpressionPrinter(memoriesOf(one, arrays, finished.arrays), names, needs)
    const lines = printFunction(one, arrays, program.sizes, printer)
    const own = new Map<string, Alignment>()
    for (const { array, access } of printer.views.values()) {
      const bytes = access.lanes * storageOf(access.storage).bytes
      const isGlobal = arrays.some(({ name }) => name === array)
      if (isGlobal && bytes > (own.get(array)?.bytes ?? 0)) own.set(array, { bytes, as: elementName(access) })
    }
    for (const [array, alignment] of own)
      if (alignment.bytes > (alignments.get(array)?.bytes ?? 0)) alignments.set(array, alignment)
    return {
      note: [launchNote(launches[position] as Launch, names.of), ...relianceNote(finished, own, names.of)].map(comment),
      code: lines,
    }
  })
  for (const { element } of program.arrays) {
    const { header: file } = storageOf(element.storage)
    if (file !== undefined) needs.headers.add(file)
  }
  return { finished, launches, longestGrid: limits.workgroupsPerDimension, suffix, kernels, names, needs, alignments }
}

const times = (extents: readonly (number | string)[]): string =>
  extents.slice(0, Math.max(1, extents.findLastIndex(extent => extent !== 1) + 1)).join(' × ')

/** How many blocks of how many threads. */
function launchNote({ grid, gridWidth, workgroup }: Launch, nameOf: (name: string) => string): string {
  const extents = grid.map(extent => (typeof extent === 'number' ? extent : readableExtent(extent, nameOf)))
  return `${times(extents)} blocks${gridWidth === undefined ? '' : ', all along x,'} of ${times(workgroup)} threads.`
}

/** What the host function checks before it launches this kernel: lines of comment without markers. */
function relianceNote(
  { requires, program }: FinishedKernel,
  alignments: ReadonlyMap<string, Alignment>,
  nameOf: (name: string) => string,
): string[] {
  const aligned = [...alignments].map(([name, { bytes }]) => `${nameOf(name)} is aligned to ${bytes} bytes`)
  const relied = [...requirementTexts(requires, program.sizes, nameOf), ...aligned]
  return relied.length === 0 ? [] : wrapped(`Launch it only where ${listed(relied)}.`)
}

/** The arrays that a function touches, as it sees them. */
function arraysOf(one: DeviceFunction, arrays: readonly GlobalArray[]): GlobalArray[] {
  const stored = arraysWritten(one.body)
  return one.arrays.map(name => {
    const array = arrays.find(candidate => candidate.name === name)
    if (array === undefined) throw new Error(`no array ${name}`)
    return { ...array, access: stored.has(name) ? 'read_write' : 'read' }
  })
}

function memoriesOf(
  { shared, body }: DeviceFunction,
  arrays: readonly GlobalArray[],
  parameters: readonly ArrayParameter[],
): Map<string, Memory> {
  const memories = new Map<string, Memory>()
  for (const { name, element, hint } of arrays) {
    const parameter = parameters.find(one => one.name === name)
    memories.set(name, {
      memory: 'global',
      element,
      hint,
      isLarge: parameter === undefined || mayBeLarge(parameter),
    })
  }
  for (const { name, type } of shared) {
    memories.set(name, { memory: 'shared', element: { storage: type.scalar, lanes: type.lanes }, isLarge: false })
  }
  for (const statement of statementsOf(body)) {
    if (statement.kind !== 'array') continue
    const { name, type } = statement
    memories.set(name, { memory: 'private', element: { storage: type.scalar, lanes: type.lanes }, isLarge: false })
  }
  return memories
}

/** Whether positions in the array may not fit 32 bits: a size is below 2^31, and so is the product of small constants. */
function mayBeLarge({ shape }: ArrayParameter): boolean {
  const known = shape.reduce<number>((count, extent) => count * (typeof extent === 'number' ? extent : 2 ** 31), 1)
  return known > 2 ** 32
}
