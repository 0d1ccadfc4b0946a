/** Device statements as lines of WGSL. */
import { atom, type DeviceExpr, type DeviceStatement, infix, subscript } from '@qernel/codegen'
import { type PrintContext, printExpression, typeName } from './print-expression.ts'
import { wgslName } from './reserved-words.ts'

export function printStatements(statements: readonly DeviceStatement[], context: PrintContext, depth = 1): string[] {
  const indent = '  '.repeat(depth)
  const text = (e: Parameters<typeof printExpression>[0]): string => printExpression(e, context).text
  const conditionText = (e: DeviceExpr): string =>
    e.kind === 'op' && e.op === 'all'
      ? e.args.map(arg => printExpression(arg, context)).reduce((left, right) => infix('&&', left, right)).text
      : text(e)
  return statements.flatMap(s => printStatement(s))

  function printStatement(s: DeviceStatement): string[] {
    switch (s.kind) {
      case 'let':
        return [
          `${indent}let ${wgslName(s.name)} = ${text(s.value)};${s.comment === undefined ? '' : ` // ${s.comment}`}`,
        ]
      case 'var':
        return [
          `${indent}var ${wgslName(s.name)}: ${typeName(s.type)}${s.value === undefined ? '' : ` = ${text(s.value)}`};`,
        ]
      case 'array':
        return [`${indent}var ${wgslName(s.name)}: array<${typeName(s.type)}, ${s.length}>;`]
      case 'assign': {
        const name = atom(wgslName(s.name))
        const target = s.index === undefined ? name.text : subscript(name, printExpression(s.index, context)).text
        return [`${indent}${target}${s.lane === undefined ? '' : `.${'xyzw'[s.lane]}`} = ${text(s.value)};`]
      }
      case 'store': {
        const element = `${wgslName(s.array)}[${text(s.index)}]`
        const value = text(s.value)
        return [
          `${indent}${context.atomics.has(s.array) ? `atomicStore(&${element}, ${value})` : `${element} = ${value}`};`,
        ]
      }
      case 'atomicMax':
        return [`${indent}atomicMax(&${wgslName(s.array)}[${text(s.index)}], ${text(s.value)});`]
      case 'if':
        return [
          `${indent}if (${conditionText(s.condition)}) {`,
          ...printStatements(s.body, context, depth + 1),
          `${indent}}`,
        ]
      case 'for': {
        const name = wgslName(s.name)
        const comment = s.comment === undefined ? '' : ` // ${s.comment}`
        return [
          `${indent}for (var ${name} = 0u; ${name} < ${text(s.extent)}; ${name}++) {${comment}`,
          ...printStatements(s.body, context, depth + 1),
          `${indent}}`,
        ]
      }
      case 'barrier':
        return [`${indent}workgroupBarrier();`]
      case 'comment':
        return [`${indent}// ${s.text}`]
    }
  }
}
