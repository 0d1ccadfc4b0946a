/** Prints device statements as lines of CUDA. */
import { type DeviceExpr, type DeviceStatement, isWord, type PrintedLine } from '@qernel/codegen/internal'
import { flatMap } from '@qernel/dsl/internal'
import { breakList, lineWidth } from './break-list.ts'
import { comment } from './comment.ts'
import { type ExpressionPrinter, laneName, type Spelled } from './print-expression.ts'
import { typeName } from './types.ts'

type PrivateArray = DeviceStatement & { readonly kind: 'array' }

/** The constants that fill a private array completely, directly after its declaration; empty if there are none. */
function firstValues({ name, length }: PrivateArray, following: readonly DeviceStatement[]): DeviceExpr[] {
  const values = flatMap(following.slice(0, length), (statement, i) => {
    if (statement.kind !== 'assign' || statement.name !== name || statement.lane !== undefined) return []
    const isNext = statement.index?.kind === 'literal' && statement.index.value === i
    return isNext && statement.value.kind === 'literal' ? [statement.value] : []
  })
  return values.length === length ? values : []
}

export const printStatements = (
  body: readonly DeviceStatement[],
  printer: ExpressionPrinter,
  indent: string,
): PrintedLine[] => new StatementPrinter(printer).block(body, indent)

class StatementPrinter {
  readonly #printer: ExpressionPrinter

  constructor(printer: ExpressionPrinter) {
    this.#printer = printer
  }

  block(body: readonly DeviceStatement[], indent: string): PrintedLine[] {
    const lines: PrintedLine[] = []
    const { mentioned } = this.#printer
    for (let i = 0; i < body.length; i++) {
      const statement = body[i] as DeviceStatement
      const values = statement.kind === 'array' ? firstValues(statement, body.slice(i + 1)) : []
      mentioned.clear()
      const own =
        values.length === 0
          ? this.#statement(statement, indent)
          : this.#filledArray(statement as PrivateArray, values, indent)
      i += values.length
      const loops = mentioned.loopsOf(statement)
      const add = (text: string): void => {
        lines.push({ text, loops })
      }
      for (const text of own) add(text)
      if (!('body' in statement)) continue
      for (const line of this.block(statement.body, `${indent}  `)) lines.push(line)
      add(`${indent}}`)
    }
    return lines
  }

  #filledArray({ type, name, length }: PrivateArray, values: readonly DeviceExpr[], indent: string): string[] {
    const items = values.map(value => this.#printer.print(value).text)
    return breakList(`${typeName(type)} ${this.#printer.name(name)}[${length}] = {`, items, '};', indent)
  }

  /** The lines of a statement; of one with a body, those in front of it. */
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
        return [`${indent}if (${condition}) {`]
      }
      case 'for': {
        const name = printer.name(statement.name)
        const extent = printer.print(statement.extent).text
        return [
          ...(statement.comment === undefined ? [] : [`${indent}${comment(statement.comment)}`]),
          ...(statement.unroll ? [`${indent}#pragma unroll`] : []),
          `${indent}for (unsigned ${name} = 0; ${name} < ${extent}; ++${name}) {`,
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
