/** Shows what a back end does to a program between lowering and printing: the passes, and the program after one of them. */
import type { DeviceProgram, Pass, Pipeline } from '@qernel/codegen'
import { finish, type LoweredKernel, passesFor, programLines } from '@qernel/codegen/internal'
import { type ChangedLine, changes } from '@qernel/schedule/internal'
import { unknownName } from '../../errors/usage-error.ts'
import { textTable } from '../../report/text-table.ts'
import { targets } from '../../targets.ts'
import { changedLines } from './changed-text.ts'

/** The name of the program before any pass, for `--after`. */
const start = 'lowering'

/** One pass on the program of a schedule. */
export interface PassFacts extends Pick<Pass, 'name' | 'summary'> {
  /** Whether the target needs the pass. */
  readonly runs: boolean
  /** The numbers of lines that it added and removed. */
  readonly added: number
  readonly removed: number
}

/** The program after a pass, with removed lines at their old positions. */
interface ProgramAfter {
  readonly after: string
  readonly lines: readonly ChangedLine[]
}

export interface PassReport {
  readonly passes: readonly PassFacts[]
  readonly program?: ProgramAfter
}

/** @throws UsageError if the target has no such pass; it names another target that has */
export async function checkPassName(after: string, { name, passes }: Pipeline): Promise<void> {
  const known = [start, ...passes.map(pass => pass.name)]
  if (known.includes(after)) return
  const others = await Promise.all(
    targets.map(async other => ({ of: other.name, passes: (await other.load()).passes })),
  )
  const other = others.find(each => each.passes.some(pass => pass.name === after))
  const hint = other === undefined ? {} : { hint: `${other.of} has this pass: --target ${other.of}` }
  throw unknownName(`pass of ${name}`, after, known, { where: `--after ${after}`, ...hint })
}

/** Runs the passes of the portable target, and verifies the program between them. */
export function passReport(backEnd: Pipeline, lowered: LoweredKernel, after: string | undefined): PassReport {
  const target = backEnd.portableTarget
  const made = new Map<string, readonly ChangedLine[]>()
  const observe = (pass: Pass, before: DeviceProgram, program: DeviceProgram): void => {
    const [old, lines] = [programLines(before), programLines(program)]
    const isSame = old.length === lines.length && old.every((line, i) => line === lines[i])
    made.set(pass.name, isSame ? lines.map(same) : changes(old.map(asLine), lines.map(asLine)))
  }
  finish(backEnd, lowered, target, { observe, verify: true })
  const running = new Set(passesFor(backEnd, target))
  const count = (name: string, change: ChangedLine['change']): number =>
    (made.get(name) ?? []).filter(line => line.change === change).length
  return {
    passes: backEnd.passes.map(pass => ({
      name: pass.name,
      summary: pass.summary,
      runs: running.has(pass),
      added: count(pass.name, 'added'),
      removed: count(pass.name, 'removed'),
    })),
    ...(after === undefined ? {} : { program: { after, lines: made.get(after) ?? linesBefore(after) } }),
  }

  /** For a pass that does not run here, the program after the previous pass. */
  function linesBefore(name: string): ChangedLine[] {
    const position = backEnd.passes.findIndex(pass => pass.name === name)
    const last = backEnd.passes.slice(0, Math.max(position, 0)).findLast(pass => made.has(pass.name))
    const lines = last === undefined ? programLines(lowered.program).map(same) : (made.get(last.name) ?? [])
    return lines.flatMap(({ change, text }) => (change === 'removed' ? [] : [same(text)]))
  }
}

const asLine = (text: string) => ({ text })
const same = (text: string): ChangedLine => ({ change: 'same', text })

export const programText = ({ after, lines }: ProgramAfter): string =>
  `${after === start ? 'The program as it is lowered' : `The program after ${after}`}\n${changedLines(lines)}`

export const passTable = (passes: readonly PassFacts[]): string =>
  textTable(
    [{ title: 'pass' }, { title: 'lines changed' }, { title: 'what it does' }],
    passes.map(pass => [pass.name, changedText(pass), pass.summary]),
  )

function changedText({ runs, added, removed }: PassFacts): string {
  if (!runs) return 'not needed here'
  return added + removed === 0 ? 'none' : `+${added} −${removed}`
}
