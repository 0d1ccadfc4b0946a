/** Prints device expressions as WGSL. */
import {
  atom,
  call,
  type DeviceExpr,
  type DeviceType,
  floatDecimal,
  member,
  nameInFile,
  type Printed,
  prefix,
  subscript,
} from '@qernel/codegen/internal'
import { type Operation, type PrintContext, spellings, typeName } from './spellings.ts'

const lanesOf = 'xyzw'

export function printExpression(e: DeviceExpr, context: PrintContext): Printed {
  switch (e.kind) {
    case 'literal':
      return printLiteral(e.value, e.type)
    case 'variable':
      return atom(nameInFile(e.name))
    case 'size':
      return atom(`sizes.${nameInFile(e.size)}`)
    case 'thread':
      context.asked.positions.add(e.of)
      context.asked.mentioned.add(e)
      return atom(`${e.of}.${e.dimension}`)
    case 'component':
      return member(printExpression(e.of, context), lanesOf[e.lane] as string)
    case 'dynamicComponent':
      return subscript(printExpression(e.of, context), printExpression(e.lane, context))
    case 'construct':
      return call(typeName(e.type), ...e.args.map(arg => printExpression(arg, context)))
    case 'load': {
      const element = subscript(atom(nameInFile(e.array)), printExpression(e.index, context))
      return context.atomics.has(e.array) ? call('atomicLoad', prefix('&', element)) : element
    }
    case 'op':
      return printOperation(e, context)
  }
}

function printLiteral(value: number, { scalar }: DeviceType): Printed {
  switch (scalar) {
    case 'f32': {
      const text = floatDecimal(value)
      return text.startsWith('-') ? { text, level: 'unary' } : atom(text)
    }
    case 'u32':
      return atom(`${value}u`)
    case 'i32':
      return value < 0 ? { text: String(value), level: 'unary' } : atom(String(value))
    case 'bool':
      return atom(value ? 'true' : 'false')
  }
}

function printOperation(node: Operation, context: PrintContext): Printed {
  const print = (e: DeviceExpr): Printed => printExpression(e, context)
  return spellings[node.op]({
    node,
    args: node.args.map(print),
    context,
    print,
    helper: (name, ...args) => call(context.helpers.use(name, node.type.lanes), ...args),
  })
}
