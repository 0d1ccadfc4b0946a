/** Prints the CUDA kernels of a finished kernel. */
import type { ArrayParameter, FinishedKernel, Launch, Target } from '@qernel/codegen'
import {
  arraysWritten,
  type DeviceFunction,
  type GlobalArray,
  type PrintedLine,
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
  /** Comment lines for callers that launch the kernel without the host function. */
  readonly note: readonly string[]
  readonly code: readonly PrintedLine[]
}

/** The printed kernels of one schedule, with the information that the rest of the file needs. */
export interface PrintedKernels {
  readonly finished: FinishedKernel<'cuda'>
  /** The launches, with the entry points of the program. */
  readonly launches: readonly Launch[]
  /** The most blocks that a launch may have along each dimension. */
  readonly longestGrid: Target['limits']['workgroupsPerDimension']
  /** The suffix of the entry points' names in the program. */
  readonly suffix: string
  readonly kernels: readonly PrintedKernel[]
  readonly names: Identifiers
  readonly needs: Needs
  /** The alignments of arrays with wide accesses, by name. */
  readonly alignments: ReadonlyMap<string, Alignment>
}

/** @param hash follows the suffix in the names of entry points in the file */
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

/** A note with the number of blocks and of threads per block. */
function launchNote({ grid, gridWidth, workgroup }: Launch, nameOf: (name: string) => string): string {
  const extents = grid.map(extent => (typeof extent === 'number' ? extent : readableExtent(extent, nameOf)))
  return `${times(extents)} blocks${gridWidth === undefined ? '' : ', all along x,'} of ${times(workgroup)} threads.`
}

/** A note with the conditions that the host function checks before it launches this kernel, as lines without comment markers. */
function relianceNote(
  { requires, program }: FinishedKernel,
  alignments: ReadonlyMap<string, Alignment>,
  nameOf: (name: string) => string,
): string[] {
  const aligned = [...alignments].map(([name, { bytes }]) => `${nameOf(name)} is aligned to ${bytes} bytes`)
  const relied = [...requirementTexts(requires, program.sizes, nameOf), ...aligned]
  return relied.length === 0 ? [] : wrapped(`Launch only if ${listed(relied)}.`)
}

/** The arrays that a function accesses, read-only unless the function stores to them. */
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

/** Whether positions in the array may exceed 32 bits. A single size never does, since it is below 2^31. */
function mayBeLarge({ shape }: ArrayParameter): boolean {
  const known = shape.reduce<number>((count, extent) => count * (typeof extent === 'number' ? extent : 2 ** 31), 1)
  return known > 2 ** 32
}
