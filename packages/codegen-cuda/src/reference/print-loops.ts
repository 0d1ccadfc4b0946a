/** Prints a definition as one plain C++ function, with its loops before any schedule, for one host thread. */

import { nameInFile } from '@qernel/codegen/internal'
import type { Kernel, Loop, LoopId, Nest, Statement } from '@qernel/dsl'
import { UniqueNames, underscored } from '@qernel/dsl/internal'
import { defaultNest, neededGuards, type OutOfBoundsLoads, outOfBoundsLoads } from '@qernel/schedule/internal'
import { referenceFunctions } from './functions.ts'
import { hostElement, isPackedType, pitchText } from './host-array.ts'
import { type Place, scalars, ValuePrinter } from './print-value.ts'

/** The lines of a function, and the definitions of the functions that it calls. */
export interface ReferenceLoops {
  readonly definitions: readonly string[]
  readonly lines: readonly string[]
}

/**
 * @param fixed the sizes that are constants
 * @param name the name of the function. Its parameters are the inputs and outputs, then the sizes that are not fixed.
 */
export function referenceLoops(kernel: Kernel, fixed: ReadonlyMap<string, number>, name: string): ReferenceLoops {
  const nest = defaultNest(kernel, fixed)
  const unique = new UniqueNames([], underscored)
  const fresh = (wanted: string): string => unique.fresh(nameInFile(wanted))
  const sizes = new Map(
    kernel.sizes.map(size => [size.name, fixed.has(size.name) ? String(fixed.get(size.name)) : fresh(size.name)]),
  )
  const places = new Map<string, Place>(
    [...nest.buffers.values()].map(({ name: buffer, type, dims, memory }) => [
      buffer,
      { name: fresh(buffer), type, dims, isLocal: memory !== 'global' },
    ]),
  )
  const names = new Map<LoopId, string>()
  const place = (buffer: string): Place => {
    const found = places.get(buffer)
    if (found === undefined) throw new Error(`no buffer ${buffer}`)
    return found
  }
  const printer = new ValuePrinter(names, place, size => sizes.get(size) as string)
  const release = (name: string): void => unique.release(name)
  const context: Context = { nest, names, printer, place, fresh, release, around: [], leaving: outOfBoundsLoads(nest) }
  const body = nest.body.flatMap(statement => printStatement(statement, context, '  '))
  const parameters = [
    ...kernel.tensors
      .filter(({ role }) => role !== 'temporary')
      .map(
        tensor => `${tensor.role === 'input' ? 'const ' : ''}${hostElement(tensor.type)}* ${place(tensor.name).name}`,
      ),
    ...kernel.sizes.filter(size => !fixed.has(size.name)).map(size => `int64_t ${sizes.get(size.name)}`),
  ]
  const lengthOf = ({ type, dims }: Kernel['tensors'][number]): string => {
    const counts = dims.map((dim, i) => {
      const text = printer.extent(dim)
      return `(${i === dims.length - 1 ? pitchText(type, text.includes(' ') ? `(${text})` : text) : text})`
    })
    return `size_t(${counts.join(' * ')})`
  }
  const temporaries = kernel.tensors
    .filter(({ role }) => role === 'temporary')
    .flatMap(tensor => {
      const { name: own } = place(tensor.name)
      return [
        `  std::vector<${hostElement(tensor.type)}> ${own}_memory(${lengthOf(tensor)});`,
        `  ${hostElement(tensor.type)}* ${own} = ${own}_memory.data();`,
      ]
    })
  // The bits between and after elements must be zero.
  const cleared = kernel.tensors
    .filter(({ role, type }) => role === 'output' && isPackedType(type))
    .map(tensor => `  std::fill_n(${place(tensor.name).name}, ${lengthOf(tensor)}, 0u);`)
  const lines = [`inline void ${name}(`, `    ${parameters.join(', ')}) {`, ...temporaries, ...cleared, ...body, '}']
  return { definitions: referenceFunctions(printer.used), lines }
}

interface Context {
  readonly nest: Nest
  readonly names: Map<LoopId, string>
  readonly printer: ValuePrinter
  readonly place: (buffer: string) => Place
  readonly fresh: (wanted: string) => string
  /** Makes a name available again. */
  readonly release: (name: string) => void
  readonly around: readonly Loop[]
  readonly leaving: OutOfBoundsLoads
}

function printStatement(statement: Statement, context: Context, indent: string): string[] {
  if (statement.kind === 'loop') return printLoop(statement, context, indent)
  const { nest, printer, place, fresh, release, around, leaving } = context
  const target = place(statement.buffer)
  const index = statement.index.map(a => printer.affine(a))
  const mayBeOutOfBounds = (buffer: string): boolean => leaving.has(statement.stage, buffer)
  const isFused = statement.kind === 'update' && statement.fused === true
  const { declarations, names, value } = printer.print(statement.value, fresh, mayBeOutOfBounds, isFused)
  const kept = statement.kind === 'store' ? value : printer.fold(statement, printer.load(target, index), value)
  const guards = neededGuards(nest, statement, around).map(
    guard => `${printer.affine(guard.index)} < ${printer.extent(guard.below)}`,
  )
  const condition = guards.length === 0 ? '' : `if (${guards.join(' && ')}) `
  const store = printer.store(target, index, kept)
  for (const name of names) release(name)
  if (declarations.length === 0) return [`${indent}${condition}${store}`]
  return [`${indent}${condition}{`, ...[...declarations, store].map(line => `${indent}  ${line}`), `${indent}}`]
}

function printLoop(loop: Loop, context: Context, indent: string): string[] {
  const { nest, names, printer, place, fresh, release, around } = context
  const name = fresh(loop.name)
  names.set(loop.id, name)
  const own = [...nest.buffers.values()].filter(({ scope }) => scope === loop.id)
  const lines = [
    `${indent}for (int64_t ${name} = 0; ${name} < ${printer.extent(loop.extent)}; ++${name}) {`,
    ...own.map(({ name: buffer, type }) => `${indent}  ${scalars[type.compute]} ${place(buffer).name};`),
    ...loop.body.flatMap(inner => printStatement(inner, { ...context, around: [...around, loop] }, `${indent}  `)),
    `${indent}}`,
  ]
  release(name)
  return lines
}
