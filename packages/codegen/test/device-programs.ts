/** Pieces of device programs, for tests of passes. */

import type { DeviceOperation } from '../src/operations/device-operations.ts'
import type { DeviceExpr, DeviceProgram, DeviceStatement, ElementType } from '../src/program/device-program.ts'
import type { DeviceType } from '../src/program/device-type.ts'
import { f32Type, u32Type, withLanes } from '../src/program/device-type.ts'

export const f32x4 = withLanes(f32Type, 4)

/** A program of one function that reads the arrays x and s and writes y. */
export const programOf = (...body: DeviceStatement[]): DeviceProgram => ({
  arrays: ['x', 's', 'y'].map(name => ({
    name,
    element: { storage: 'f32', lanes: 1 },
    access: name === 'y' ? 'read_write' : 'read',
  })),
  sizes: ['N'],
  usesZero: false,
  functions: [{ entry: 'f', workgroup: [64, 1, 1], shared: [], body, arrays: ['x', 's', 'y'] }],
})

/** The body of the only function. */
export const bodyOf = (program: DeviceProgram): readonly DeviceStatement[] => program.functions[0]?.body ?? []

export const operation = (op: DeviceOperation, type: DeviceType, ...args: DeviceExpr[]): DeviceExpr => ({
  kind: 'op',
  op,
  type,
  args,
})
export const named = (name: string, type: DeviceType = f32Type): DeviceExpr => ({ kind: 'variable', name, type })
export const constant = (value: number, type: DeviceType = f32Type): DeviceExpr => ({ kind: 'literal', value, type })
export const index = (value: number): DeviceExpr => constant(value, u32Type)

export const load = (
  array: string,
  type: DeviceType = f32Type,
  storage: ElementType['storage'] = 'f32',
): DeviceExpr => ({
  kind: 'load',
  type,
  array,
  index: named('i', u32Type),
  access: { storage, lanes: type.lanes },
})

export const store = (value: DeviceExpr, array = 'y', access?: ElementType): DeviceStatement => ({
  kind: 'store',
  array,
  index: named('i', u32Type),
  access: access ?? { storage: 'f32', lanes: value.type.lanes },
  value,
})

/** A body as indented text, one statement per line. */
export const text = (body: readonly DeviceStatement[], indent = ''): string =>
  body.map(statement => indent + statementText(statement, indent)).join('\n')

function statementText(s: DeviceStatement, indent: string): string {
  const block = (body: readonly DeviceStatement[]) => `{\n${text(body, `${indent}  `)}\n${indent}}`
  switch (s.kind) {
    case 'let':
      return `let ${s.name} = ${exprText(s.value)}`
    case 'var':
      return `var ${s.name}${s.value === undefined ? '' : ` = ${exprText(s.value)}`}`
    case 'array':
      return `array ${s.name}[${s.length}]`
    case 'assign': {
      const place = s.index === undefined ? s.name : `${s.name}[${exprText(s.index)}]`
      return `${place}${s.lane === undefined ? '' : `.${'xyzw'[s.lane]}`} = ${exprText(s.value)}`
    }
    case 'store':
      return `${s.array}${s.access.lanes > 1 ? s.access.lanes : ''}[${exprText(s.index)}] = ${exprText(s.value)}`
    case 'atomicMax':
      return `atomicMax ${s.array}[${exprText(s.index)}], ${exprText(s.value)}`
    case 'if':
      return `if ${exprText(s.condition)} ${block(s.body)}`
    case 'for':
      return `for ${s.name} < ${exprText(s.extent)} ${block(s.body)}`
    case 'barrier':
      return 'barrier'
    case 'comment':
      return `// ${s.text}`
  }
}

function exprText(e: DeviceExpr): string {
  switch (e.kind) {
    case 'literal':
      return String(e.value)
    case 'variable':
      return e.name
    case 'size':
      return e.size
    case 'thread':
      return `${e.of}.${e.dimension}`
    case 'op':
      return `${e.op}(${e.args.map(exprText).join(', ')})`
    case 'component':
      return `${exprText(e.of)}.${'xyzw'[e.lane]}`
    case 'dynamicComponent':
      return `${exprText(e.of)}[${exprText(e.lane)}]`
    case 'construct':
      return `vec${e.type.lanes}(${e.args.map(exprText).join(', ')})`
    case 'load':
      return `${e.array}${e.access.lanes > 1 ? e.access.lanes : ''}[${exprText(e.index)}]`
  }
}
