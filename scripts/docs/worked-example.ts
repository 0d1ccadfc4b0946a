/** One kernel through every stage of the compiler: the worked example of docs/architecture.md. */
import { type DeviceExpr, type DeviceStatement, prepare } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { nestText, parseSteps } from '@qernel/schedule'
import { block } from './markers.ts'

export function workedExample(): Record<string, string> {
  const kernel = int8PerChannelQuantize()
  const steps = parseSteps('tile(t=16,d=64) vectorize(d=4)')
  const fixed = new Map([['D', 128]])
  const { scheduled, finished } = prepare(wgsl, kernel, steps, { fixed })
  const [first] = scheduled.history
  const [entry] = finished.program.functions
  if (first === undefined || entry === undefined) throw new Error('the worked example has no nest')
  const { source } = wgsl.compile(kernel, steps, { fixed })
  return {
    'nest-before': block('', nestText(first)),
    'nest-after': block('', nestText(scheduled.nest)),
    'device-program': block('', entry.body.flatMap(statement => statementLines(statement)).join('\n')),
    'example-wgsl': block('wgsl', source.slice(source.indexOf('@compute'))),
  }
}

/** A statement of a device program, of the kinds that the example has. */
function statementLines(statement: DeviceStatement): string[] {
  switch (statement.kind) {
    case 'let':
      return [`(let ${statement.name} ${expressionText(statement.value)})`]
    case 'store':
      return [
        `(store ${statement.access.storage} ${statement.array} ${expressionText(statement.index)}`,
        `  ${expressionText(statement.value)})`,
      ]
    case 'if':
      return [
        `(if ${expressionText(statement.condition)}`,
        ...statement.body.flatMap(statementLines).map(line => `  ${line}`),
      ]
    default:
      throw new Error(`the worked example has no ${statement.kind}`)
  }
}

function expressionText(e: DeviceExpr): string {
  switch (e.kind) {
    case 'literal':
      return String(e.value)
    case 'variable':
      return e.name
    case 'size':
      return `(size ${e.size})`
    case 'thread':
      return `${e.of}.${e.dimension}`
    case 'load':
      return `(load ${e.access.storage}×${e.access.lanes} ${e.array} ${expressionText(e.index)})`
    case 'op':
      return `(${[e.op, ...e.args.map(expressionText)].join(' ')})`
    case 'construct':
      return e.args.map(expressionText).join(' ')
    default:
      throw new Error(`the worked example has no ${e.kind}`)
  }
}
