/** Prints device statements as lines of WGSL. */
import {
  atom,
  commentLine,
  type DeviceExpr,
  type DeviceStatement,
  infix,
  nameInFile,
  type PrintedLine,
  subscript,
} from '@qernel/codegen/internal'
import { printExpression } from './print-expression.ts'
import { type PrintContext, typeName } from './spellings.ts'

export function printStatements(
  statements: readonly DeviceStatement[],
  context: PrintContext,
  depth = 1,
  lines: PrintedLine[] = [],
): PrintedLine[] {
  const indent = '  '.repeat(depth)
  const text = (e: Parameters<typeof printExpression>[0]): string => printExpression(e, context).text
  const conditionText = (e: DeviceExpr): string =>
    e.kind === 'op' && e.op === 'all'
      ? e.args.map(arg => printExpression(arg, context)).reduce((left, right) => infix('&&', left, right)).text
      : text(e)
  const { mentioned } = context.asked
  let loops: PrintedLine['loops'] | undefined
  for (const statement of statements) {
    mentioned.clear()
    loops = undefined
    printStatement(statement)
  }
  return lines

  function printStatement(s: DeviceStatement): void {
    const line = (of: string): void => {
      // The first line of a statement has all its expressions.
      loops ??= mentioned.loopsOf(s)
      lines.push({ text: `${indent}${of}`, loops })
    }
    const block = (head: string, body: readonly DeviceStatement[]): void => {
      line(head)
      printStatements(body, context, depth + 1, lines)
      line('}')
    }
    switch (s.kind) {
      case 'let':
        line(
          `let ${nameInFile(s.name)} = ${text(s.value)};${s.comment === undefined ? '' : ` ${commentLine('//', s.comment)}`}`,
        )
        break
      case 'var':
        line(`var ${nameInFile(s.name)}: ${typeName(s.type)}${s.value === undefined ? '' : ` = ${text(s.value)}`};`)
        break
      case 'array':
        line(`var ${nameInFile(s.name)}: array<${typeName(s.type)}, ${s.length}>;`)
        break
      case 'assign': {
        const name = atom(nameInFile(s.name))
        const target = s.index === undefined ? name.text : subscript(name, printExpression(s.index, context)).text
        line(`${target}${s.lane === undefined ? '' : `.${'xyzw'[s.lane]}`} = ${text(s.value)};`)
        break
      }
      case 'store': {
        const element = `${nameInFile(s.array)}[${text(s.index)}]`
        const value = text(s.value)
        line(context.atomics.has(s.array) ? `atomicStore(&${element}, ${value});` : `${element} = ${value};`)
        break
      }
      case 'atomicMax':
        line(`atomicMax(&${nameInFile(s.array)}[${text(s.index)}], ${text(s.value)});`)
        break
      case 'if':
        block(`if (${conditionText(s.condition)}) {`, s.body)
        break
      case 'for': {
        const name = nameInFile(s.name)
        const comment = s.comment === undefined ? '' : ` ${commentLine('//', s.comment)}`
        block(`for (var ${name} = 0u; ${name} < ${text(s.extent)}; ${name}++) {${comment}`, s.body)
        break
      }
      case 'barrier':
        line('workgroupBarrier();')
        break
      case 'comment':
        line(commentLine('//', s.text))
        break
    }
  }
}
