import {
  type DeviceExpr,
  type DeviceFunction,
  type DeviceStatement,
  type GlobalArray,
  isWord,
  type SharedArray,
} from '@qernel/codegen/internal'
import { comment } from './comment.ts'
import { type ExpressionPrinter, laneName, type Spelled } from './print-expression.ts'
import { elementName, storageOf, typeName } from './types.ts'

/** Lines longer than this are broken where the printer knows how. */
const lineWidth = 100

/** One kernel, as lines. */
export function printFunction(
  one: DeviceFunction,
  arrays: readonly GlobalArray[],
  sizes: readonly string[],
  printer: ExpressionPrinter,
): string[] {
  const body = new StatementPrinter(printer).block(one.body, '  ')
  const threads = one.workgroup[0] * one.workgroup[1] * one.workgroup[2]
  const parameters = [
    ...arrays.map(array => `${elementPointer(array)} __restrict__ ${printer.name(array.name)}`),
    ...sizes.map(size => `unsigned ${printer.name(size)}`),
  ]
  const head = `extern "C" __global__ void __launch_bounds__(${threads}) ${printer.name(one.entry)}(`
  const fits = parameters.join(', ').length + '    ) {'.length <= lineWidth
  const declarations = [...sharedArrays(one.shared, printer), ...views(arrays, printer)]
  return [
    ...(fits ? [head, `    ${parameters.join(', ')}) {`] : breakList(head, parameters, ') {', '')),
    ...declarations,
    ...(declarations.length > 0 && body.length > 0 ? [''] : []),
    ...body,
    '}',
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

/** The arrays as arrays of vectors. */
function views(arrays: readonly GlobalArray[], printer: ExpressionPrinter): string[] {
  return [...printer.views].map(([name, { array, access: element }]) => {
    const access = arrays.find(one => one.name === array)?.access ?? 'read_write'
    const pointer = elementPointer({ name, element, access })
    return `  ${pointer} ${name} = reinterpret_cast<${pointer}>(${printer.name(array)});`
  })
}

/** `head item, item tail` on one line, or one item per line. */
function breakList(head: string, items: readonly string[], tail: string, indent: string, separator = ','): string[] {
  const line = `${indent}${head}${items.join(`${separator} `)}${tail}`
  if (line.length <= lineWidth || items.length === 0) return [line]
  const last = items.length - 1
  return [
    `${indent}${head}`.trimEnd(),
    ...items.map((item, i) => `${indent}    ${item}${i === last ? tail : separator}`),
  ]
}

type PrivateArray = DeviceStatement & { readonly kind: 'array' }

/** The constants that fill a private array right after its declaration, where they fill all of it. */
function firstValues({ name, length }: PrivateArray, following: readonly DeviceStatement[]): DeviceExpr[] {
  const values = following.slice(0, length).flatMap((statement, i) => {
    if (statement.kind !== 'assign' || statement.name !== name || statement.lane !== undefined) return []
    const isNext = statement.index?.kind === 'literal' && statement.index.value === i
    return isNext && statement.value.kind === 'literal' ? [statement.value] : []
  })
  return values.length === length ? values : []
}

class StatementPrinter {
  readonly #printer: ExpressionPrinter

  constructor(printer: ExpressionPrinter) {
    this.#printer = printer
  }

  block(body: readonly DeviceStatement[], indent: string): string[] {
    const lines: string[] = []
    for (let i = 0; i < body.length; i++) {
      const statement = body[i] as DeviceStatement
      const values = statement.kind === 'array' ? firstValues(statement, body.slice(i + 1)) : []
      if (values.length === 0) {
        lines.push(...this.#statement(statement, indent))
        continue
      }
      lines.push(...this.#filledArray(statement as PrivateArray, values, indent))
      i += values.length
    }
    return lines
  }

  #filledArray({ type, name, length }: PrivateArray, values: readonly DeviceExpr[], indent: string): string[] {
    const items = values.map(value => this.#printer.print(value).text)
    return breakList(`${typeName(type)} ${this.#printer.name(name)}[${length}] = {`, items, '};', indent)
  }

  #statement(statement: DeviceStatement, indent: string): string[] {
    const printer = this.#printer
    switch (statement.kind) {
      case 'let':
        return this.#let(statement, indent)
      case 'var': {
        const declared = `${typeName(statement.type)} ${printer.name(statement.name)}`
        if (statement.value === undefined) return [`${indent}${declared};`]
        return assignment(declared, printer.value(statement.value), indent)
      }
      case 'array':
        return [`${indent}${typeName(statement.type)} ${printer.name(statement.name)}[${statement.length}];`]
      case 'assign': {
        const element = statement.index === undefined ? '' : `[${printer.position(statement.index).text}]`
        const lane = statement.lane === undefined ? '' : `.${laneName(statement.lane)}`
        return assignment(`${printer.name(statement.name)}${element}${lane}`, printer.value(statement.value), indent)
      }
      case 'store': {
        const { text } = printer.element(statement.array, statement.index, statement.access)
        const stored = printer.stored(statement.value, statement.access)
        const storing = printer.storing(statement.array)
        if (storing === undefined) return assignment(text, stored, indent)
        return breakList(
          `${storing}(&${text}, ${stored.head}`,
          stored.items,
          `${stored.tail});`,
          indent,
          stored.separator,
        )
      }
      case 'if': {
        const condition = printer.print(statement.condition).text
        return [`${indent}if (${condition}) {`, ...this.block(statement.body, `${indent}  `), `${indent}}`]
      }
      case 'for': {
        const name = printer.name(statement.name)
        const extent = printer.print(statement.extent).text
        return [
          ...(statement.comment === undefined ? [] : [`${indent}${comment(statement.comment)}`]),
          ...(statement.unroll ? [`${indent}#pragma unroll`] : []),
          `${indent}for (unsigned ${name} = 0; ${name} < ${extent}; ++${name}) {`,
          ...this.block(statement.body, `${indent}  `),
          `${indent}}`,
        ]
      }
      case 'atomicMax': {
        const place = printer.element(statement.array, statement.index, { storage: 'u32', lanes: 1 })
        return [`${indent}atomicMax(&${place.text}, ${printer.print(statement.value).text});`]
      }
      case 'barrier':
        return [`${indent}__syncthreads();`]
      case 'comment':
        return [`${indent}${comment(statement.text)}`]
    }
  }

  #let({ name, value, comment: note }: DeviceStatement & { kind: 'let' }, indent: string): string[] {
    const printer = this.#printer
    const isNarrow = value.kind === 'load' && value.access.lanes > 1 && !isWord(value.access.storage)
    const narrow = isNarrow ? printer.narrowLoad(name, value) : undefined
    const type = narrow === undefined ? typeName(value.type) : narrow.type
    const lines = assignment(`const ${type} ${printer.name(name)}`, narrow?.value ?? printer.value(value), indent)
    if (note === undefined) return lines
    const [first] = lines as [string]
    const trailing = `${first}  ${comment(note)}`
    return lines.length === 1 && trailing.length <= lineWidth ? [trailing] : [`${indent}${comment(note)}`, ...lines]
  }
}

function assignment(place: string, { head, items, tail, separator }: Spelled, indent: string): string[] {
  return breakList(`${place} = ${head}`, items, `${tail};`, indent, separator)
}
