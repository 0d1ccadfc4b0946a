import type { ArrayParameter, FinishedKernel, Launch, Target } from '@qernel/codegen'
import {
  arrayText,
  commentLine,
  nameInFile,
  Positions,
  type PrintedLine,
  readableExtent,
  requirementTexts,
} from '@qernel/codegen/internal'
import { renderSourceFile } from '../source-file.ts'
import { HelperSet } from './device-functions.ts'
import { printStatements } from './print-statements.ts'
import { type Asked, typeName } from './spellings.ts'

const comment = (text: string): string => commentLine('//', text)

/** A module, and the lines of its functions. */
interface PrintedModule {
  readonly source: string
  readonly functions: readonly (readonly PrintedLine[])[]
}

/** Prints a device program as one WGSL module, with comments that tell how to launch it. */
export function printProgram(
  { program, arrays, launches, requires }: FinishedKernel<'wgsl'>,
  target: Target,
  header: readonly string[],
): PrintedModule {
  const helpers = new HelperSet()
  const atomics = new Set(program.arrays.filter(a => a.access === 'atomic').map(a => a.name))
  const { division, fusedFma, packsFloat16, sumsToNearest } = target.numerics
  const context = { division, fusedFma, packsFloat16, sumsToNearest, helpers, atomics }
  const relied = requirementTexts(requires, program.sizes, nameInFile)
  const reliance = relied.length === 0 ? [] : [`Launch only if ${relied.join(' and ')}.`]
  const extensions: Asked['extensions'] = new Set()
  const functions = program.functions.map((f, position) => {
    const asked: Asked = { positions: new Set(), extensions, mentioned: new Positions() }
    const lines = printStatements(f.body, { ...context, asked })
    return {
      lines,
      notes: [launchNote(launches[position] as Launch), ...reliance].map(comment),
      entry: nameInFile(f.entry),
      workgroup: f.workgroup.join(', '),
      shared: f.shared.map(({ name, type, length }) => ({
        name: nameInFile(name),
        type: `array<${typeName(type)}, ${length}>`,
      })),
      builtins: parametersOf(asked),
      body: lines.map(({ text }) => text).join('\n'),
    }
  })
  const members = program.sizes.map(nameInFile)
  const hasZero = program.usesZero || helpers.usesZero
  const source = renderSourceFile({
    header: header.map(comment),
    enables: [...extensions],
    uniform: members.length === 0 && !hasZero ? undefined : { members, hasZero, binding: program.arrays.length },
    arrays: program.arrays.map(({ name, element, access }, binding) => ({
      name: nameInFile(name),
      binding,
      access: access === 'read' ? 'read' : 'read_write',
      element:
        access === 'atomic'
          ? 'atomic<u32>'
          : typeName({ scalar: element.storage as 'f32' | 'i32' | 'u32', lanes: element.lanes }),
      note: comment(arrayText(arrays[binding] as ArrayParameter, nameInFile)),
    })),
    functions,
    helpers: helpers.print(target.numerics.division),
  })
  return {
    source,
    functions: functions.map(({ entry, builtins, lines }) => [
      { text: `fn ${entry}(${builtins}) {`, loops: [] },
      ...lines,
    ]),
  }
}

/** A note with the number of workgroups, without dimensions of 1 at the end. */
function launchNote({ grid, gridWidth }: Launch): string {
  const last = grid.findLastIndex(extent => extent !== 1)
  const extents = grid.slice(0, Math.max(1, last + 1)).map(extent => readableExtent(extent, nameInFile))
  const rows = gridWidth === undefined ? '' : `, numbered consecutively, in rows of ${gridWidth} along x`
  return `${extents.join(' × ')} ${extents.length === 1 && extents[0] === '1' ? 'workgroup' : 'workgroups'}${rows}`
}

/** The parameters of an entry point: the positions that its body uses. */
function parametersOf({ positions }: Asked): string {
  const builtins = [
    ...(positions.has('group') ? ['@builtin(workgroup_id) group: vec3u'] : []),
    ...(positions.has('local') ? ['@builtin(local_invocation_id) local: vec3u'] : []),
  ]
  return builtins.join(', ')
}
