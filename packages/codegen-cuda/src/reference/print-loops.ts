/** Prints a definition as one plain C++ function, with its loops before any schedule, for one host thread. */

import { nameInFile } from '@qernel/codegen/internal'
import type { Kernel, Loop, LoopId, Nest, Statement } from '@qernel/dsl'
import { UniqueNames, underscored } from '@qernel/dsl/internal'
import { defaultNest, neededGuards, type OutOfBoundsLoads, outOfBoundsLoads } from '@qernel/schedule/internal'
import { referenceFunctions } from './functions.ts'
import { hostElement } from './host-array.ts'
import { intervalDefinitions } from './intervals/definitions.ts'
import { IntervalPrinter } from './intervals/print-interval.ts'
import { type Place, scalars, ValuePrinter } from './print-value.ts'

/** The lines of functions, and the definitions of what they use. */
export interface ReferenceLoops {
  readonly definitions: readonly string[]
  readonly lines: readonly string[]
}

/**
 * @param fixed the sizes that are constants
 * @param name the name of the function. Its parameters are the inputs and outputs, then the sizes that are not fixed.
 */
export function referenceLoops(kernel: Kernel, fixed: ReadonlyMap<string, number>, name: string): ReferenceLoops {
  const { printer, parameters, sizes, lines } = printFunction(kernel, fixed, { Printer: ValuePrinter })
  const all = [`inline void ${name}(`, `    ${[...parameters, ...sizes].join(', ')}) {`, ...lines, '}']
  return { definitions: referenceFunctions(printer.used), lines: all }
}

/**
 * The same loops on intervals: what a GPU may give for every output. Then a function that finds elements outside.
 *
 * @param sumsInAnyOrder whether the kernels add floats in an order of their own
 * @param name the names of the functions begin with it. The outputs of the first one are arrays of intervals; the second one takes results and
 *   these arrays, and returns the position of the first element that is not allowed, which it stores in its last argument, or −1.
 */
export function allowedLoops(
  kernel: Kernel,
  fixed: ReadonlyMap<string, number>,
  { name, sumsInAnyOrder }: { readonly name: string; readonly sumsInAnyOrder: boolean },
): ReferenceLoops {
  const { printer, parameters, sizes, lines } = printFunction(kernel, fixed, {
    Printer: IntervalPrinter,
    sumsInAnyOrder,
  })
  const loops = [`inline void ${name}_allowed(`, `    ${[...parameters, ...sizes].join(', ')}) {`, ...lines, '}']
  const outputs = kernel.tensors.filter(({ role }) => role === 'output')
  const found = outputs.map(output => firstBeyond(kernel, fixed, output, name))
  const used = new Set([...printer.used, ...found.flatMap(each => [...each.used])])
  return {
    definitions: referenceFunctions(used, intervalDefinitions),
    lines: [loops, ...found.map(each => each.lines)].flatMap((each, i) => (i === 0 ? each : ['', ...each])),
  }
}

/** The name of the function that finds the first element of an output that is not allowed. */
export const beyondName = (name: string, output: string): string => `${name}_beyond_${nameInFile(output)}`

/** A function that compares the elements of an output, as they lie in memory, with intervals in row-major order. */
function firstBeyond(
  kernel: Kernel,
  fixed: ReadonlyMap<string, number>,
  output: Kernel['tensors'][number],
  name: string,
) {
  const { type, dims } = output
  const sizeOf = (size: string) => String(fixed.get(size) ?? `size_${nameInFile(size)}`)
  const place = { name: 'given', type, dims, isLocal: false }
  const printer = new ValuePrinter(new Map(), () => place, sizeOf)
  const index = dims.map((_, dimension) => `i${dimension}`)
  const loops = dims.map(
    (dim, dimension) =>
      `${'  '.repeat(dimension + 1)}for (int64_t i${dimension} = 0; i${dimension} < ${printer.extent(dim)}; ++i${dimension})`,
  )
  const parameters = [
    `const ${hostElement(type)}* given`,
    `const Interval<${scalars[type.compute]}>* allowed`,
    ...kernel.sizes.filter(size => !fixed.has(size.name)).map(size => `int64_t ${sizeOf(size.name)}`),
    'double& found',
  ]
  const indent = '  '.repeat(dims.length + 1)
  const lines = [
    `inline int64_t ${beyondName(name, output.name)}(${parameters.join(', ')}) {`,
    '  int64_t position = 0;',
    ...loops.map((loop, i) => (i === loops.length - 1 ? `${loop} {` : loop)),
    `${indent}found = double(${printer.load(place, index)});`,
    `${indent}if (!allows(allowed[position], found)) return position;`,
    `${indent}++position;`,
    ...(loops.length > 0 ? [`${'  '.repeat(dims.length)}}`] : []),
    '  return -1;',
    '}',
  ]
  return { lines, used: [...printer.used, 'allows'] }
}

interface FunctionOptions {
  readonly Printer: new (...args: ConstructorParameters<typeof ValuePrinter>) => ValuePrinter
  readonly sumsInAnyOrder?: boolean
}

/** The parameters and the body of a function with the loops of a definition. */
function printFunction(
  kernel: Kernel,
  fixed: ReadonlyMap<string, number>,
  { Printer, sumsInAnyOrder = false }: FunctionOptions,
) {
  const nest = defaultNest(kernel, fixed)
  const unique = new UniqueNames([], underscored)
  const fresh = (wanted: string): string => unique.fresh(nameInFile(wanted))
  const sizes = new Map(
    kernel.sizes.map(size => [size.name, fixed.has(size.name) ? String(fixed.get(size.name)) : fresh(size.name)]),
  )
  const inputs = new Set(kernel.tensors.filter(({ role }) => role === 'input').map(tensor => tensor.name))
  const openSums = sumsInAnyOrder ? accumulatorsOfSums(nest.body) : new Map<string, boolean>()
  const places = new Map<string, Place>(
    [...nest.buffers.values()].map(({ name: buffer, type, dims, memory }) => [
      buffer,
      {
        name: fresh(buffer),
        type,
        dims,
        isLocal: memory !== 'global',
        isInput: inputs.has(buffer),
        ...(openSums.has(buffer) && { openSum: openSums.get(buffer) === true ? 'fused' : 'rounded' }),
      },
    ]),
  )
  const names = new Map<LoopId, string>()
  const place = (buffer: string): Place => {
    const found = places.get(buffer)
    if (found === undefined) throw new Error(`no buffer ${buffer}`)
    return found
  }
  const printer = new Printer(names, place, size => sizes.get(size) as string)
  const release = (name: string): void => unique.release(name)
  const context: Context = { nest, names, printer, place, fresh, release, around: [], leaving: outOfBoundsLoads(nest) }
  const body = nest.body.flatMap(statement => printStatement(statement, context, '  '))
  const parameters = kernel.tensors
    .filter(({ role }) => role !== 'temporary')
    .map(tensor => {
      const { name } = place(tensor.name)
      return tensor.role === 'input'
        ? `const ${hostElement(tensor.type)}* ${name}`
        : `${printer.elementName(tensor.type)}* ${name}`
    })
  const temporaries = kernel.tensors
    .filter(({ role }) => role === 'temporary')
    .flatMap(tensor => {
      const { name: own } = place(tensor.name)
      const element = printer.elementName(tensor.type)
      return [
        `  std::vector<${element}> ${own}_memory(${printer.elementCount(tensor)});`,
        `  ${element}* ${own} = ${own}_memory.data();`,
      ]
    })
  const cleared = kernel.tensors
    .filter(({ role }) => role === 'output')
    .flatMap(tensor => printer.clear(place(tensor.name), tensor).map(line => `  ${line}`))
  return {
    printer,
    parameters,
    sizes: kernel.sizes.filter(size => !fixed.has(size.name)).map(size => `int64_t ${sizes.get(size.name)}`),
    lines: [...temporaries, ...cleared, ...body],
  }
}

/** The accumulators of sums of floats, and whether their products are fused. */
function accumulatorsOfSums(body: readonly Statement[]): Map<string, boolean> {
  const found = new Map<string, boolean>()
  const visit = (statement: Statement): void => {
    if (statement.kind === 'loop') for (const inner of statement.body) visit(inner)
    else if (statement.kind === 'update' && statement.op === 'sum' && statement.value.type === 'f32')
      found.set(statement.buffer, statement.fused === true)
  }
  for (const statement of body) visit(statement)
  return found
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
  const store =
    statement.kind === 'update' && target.openSum !== undefined
      ? `${target.name}.${isFused ? 'add_product' : 'add'}(${value});`
      : printer.store(target, index, kept)
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
    ...own.map(({ name: buffer, type }) => `${indent}  ${printer.declaration(type, place(buffer))}`),
    ...loop.body.flatMap(inner => printStatement(inner, { ...context, around: [...around, loop] }, `${indent}  `)),
    `${indent}}`,
  ]
  release(name)
  return lines
}
