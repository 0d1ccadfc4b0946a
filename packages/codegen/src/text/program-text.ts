/** Device programs as indented lines for people, in a notation close to WGSL and CUDA. */

import { flatMap } from '@qernel/dsl/internal'
import type { DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { statementText, typeText } from '../simulate/findings/statement-text.ts'

/** One line per array and per statement. Two programs with the same lines mean the same. */
export function programLines({ arrays, functions }: DeviceProgram): string[] {
  return [
    ...arrays.map(
      ({ name, element, access }) =>
        `global ${name}: ${element.storage}${element.lanes === 1 ? '' : `×${element.lanes}`} (${access.replace('_', ' and ')})`,
    ),
    ...flatMap(functions, ({ entry, workgroup, shared, body }) => [
      `function ${entry}, ${workgroup.join(' × ')} threads`,
      ...shared.map(({ name, type, length }) => `  shared ${name}: ${typeText(type)}[${length}]`),
      ...bodyLines(body, '  '),
    ]),
  ]
}

const bodyLines = (body: readonly DeviceStatement[], indent: string): string[] =>
  flatMap(body, statement => [
    indent + statementText(statement),
    ...('body' in statement ? bodyLines(statement.body, `${indent}  `) : []),
  ])
