/** Prints a device function as a CUDA kernel. */
import type { DeviceFunction, GlobalArray, PrintedLine, SharedArray } from '@qernel/codegen/internal'
import { breakList, lineWidth } from './break-list.ts'
import type { ExpressionPrinter } from './print-expression.ts'
import { printStatements } from './print-statements.ts'
import { elementName, storageOf, typeName } from './types.ts'

/** One kernel, as lines. */
export function printFunction(
  one: DeviceFunction,
  arrays: readonly GlobalArray[],
  sizes: readonly string[],
  printer: ExpressionPrinter,
): PrintedLine[] {
  const body = printStatements(one.body, printer, '  ')
  const threads = one.workgroup[0] * one.workgroup[1] * one.workgroup[2]
  const parameters = [
    ...arrays.map(array => `${elementPointer(array)} __restrict__ ${printer.name(array.name)}`),
    ...sizes.map(size => `unsigned ${printer.name(size)}`),
  ]
  const bounds = one.residentThreads === undefined ? [threads] : [threads, Math.ceil(one.residentThreads / threads)]
  const head = `extern "C" __global__ void __launch_bounds__(${bounds.join(', ')}) ${printer.name(one.entry)}(`
  const fits = parameters.join(', ').length + '    ) {'.length <= lineWidth
  const declarations = [...sharedArrays(one.shared, printer), ...views(arrays, printer)]
  const plain = (text: string): PrintedLine => ({ text, loops: [] })
  return [
    ...(fits ? [head, `    ${parameters.join(', ')}) {`] : breakList(head, parameters, ') {', '')).map(plain),
    ...declarations.map(plain),
    ...(declarations.length > 0 && body.length > 0 ? [plain('')] : []),
    ...body,
    plain('}'),
  ]
}

const elementPointer = ({ element, access }: GlobalArray): string =>
  `${access === 'read' ? 'const ' : ''}${elementName(element)}*`

function sharedArrays(shared: readonly SharedArray[], printer: ExpressionPrinter): string[] {
  return shared.map(({ name, type, length }) => {
    const wide = [...printer.views.values()].filter(view => view.array === name)
    const alignment = Math.max(0, ...wide.map(({ access }) => access.lanes * storageOf(access.storage).bytes))
    const aligned = alignment > 0 ? `alignas(${alignment}) ` : ''
    return `  __shared__ ${aligned}${typeName(type)} ${printer.name(name)}[${length}];`
  })
}

/** Declarations of pointers that view arrays as arrays of vectors. */
function views(arrays: readonly GlobalArray[], printer: ExpressionPrinter): string[] {
  return [...printer.views].map(([name, { array, access: element }]) => {
    const access = arrays.find(one => one.name === array)?.access ?? 'read_write'
    const pointer = elementPointer({ name, element, access })
    return `  ${pointer} ${name} = reinterpret_cast<${pointer}>(${printer.name(array)});`
  })
}
