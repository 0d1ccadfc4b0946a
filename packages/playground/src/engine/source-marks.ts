/**
 * Which lines of a source belong to which loops. Kernels use the index of a thread under a fixed name, and a loop keeps its name and the comment of the
 * step that made it, so that both are found in the text of their dispatch.
 */
import type { CompiledKernel, TargetName } from '@qernel/codegen'
import type { Loop, LoopId, Nest } from '@qernel/dsl'
import { loopsOf } from '@qernel/schedule'
import type { Mark } from '../protocol.ts'

interface Spelling {
  /** How the position of a workgroup and of a thread in it begin. */
  readonly grid: string
  readonly block: string
  /** Whether a line is the head of the entry point with this name. */
  readonly isHead: (line: string, entry: string) => boolean
  /** Takes the name of the variable out of the head of a loop. */
  readonly loop: RegExp
}

const spellings: Readonly<Record<TargetName, Spelling>> = {
  wgsl: {
    grid: 'group.',
    block: 'local.',
    isHead: (line, entry) => line.startsWith(`fn ${entry}(`),
    loop: /^\s*for \(var (\w+) = 0u;/,
  },
  cuda: {
    grid: 'blockIdx.',
    block: 'threadIdx.',
    isHead: (line, entry) => line.includes('__global__') && line.includes(` ${entry}(`),
    loop: /^\s*for \(unsigned (\w+) = 0;/,
  },
}

/**
 * The marks of a source, in the order of its lines.
 *
 * @param nest that was compiled
 * @param shown the nest whose loops are meant, which may be that of another target: a loop is the same if dispatch, name and mode are
 */
export function sourceMarks({ source, launches, target }: CompiledKernel, nest: Nest, shown: Nest): Mark[] {
  const lines = source.split('\n')
  const spelling = spellings[target]
  const same = sameLoops(nest, shown)
  return launches.flatMap(({ entry }, dispatch) => {
    const head = lines.findIndex(line => spelling.isHead(line, entry))
    const statement = nest.body[dispatch]
    if (head < 0 || statement === undefined) return []
    const loops = loopsOf([statement]).map(({ loop }) => loop)
    return marksOf(lines, head, endOf(lines, head), loops, spelling).flatMap(({ loops: own, ...lines }): Mark[] => {
      const known = own.flatMap(id => same.get(id) ?? [])
      return known.length === 0 ? [] : [{ ...lines, loops: known }]
    })
  })
}

function sameLoops(nest: Nest, shown: Nest): ReadonlyMap<LoopId, LoopId> {
  const keys = (of: Nest): Map<string, LoopId> => {
    const found = new Map<string, LoopId>()
    for (const [dispatch, statement] of of.body.entries())
      for (const { loop } of loopsOf([statement])) {
        const key = `${dispatch} ${loop.name} ${loop.mode}`
        for (let i = 0; ; i++)
          if (!found.has(`${key} ${i}`)) {
            found.set(`${key} ${i}`, loop.id)
            break
          }
      }
    return found
  }
  const others = keys(shown)
  return new Map(
    [...keys(nest)].flatMap(([key, id]) => {
      const other = others.get(key)
      return other === undefined ? [] : [[id, other] as const]
    }),
  )
}

function marksOf(
  lines: readonly string[],
  head: number,
  end: number,
  loops: readonly Loop[],
  spelling: Spelling,
): Mark[] {
  const threads = loops.flatMap(({ mode, id }) => {
    const [kind, dimension] = mode.split('.')
    return kind === 'grid' || kind === 'block' ? [{ id, text: spelling[kind] + dimension }] : []
  })
  const waiting = loops.filter(({ mode }) => mode === 'serial' || mode === 'unroll')
  const marks: Mark[] = []
  for (let i = head + 1; i < end; i++) {
    const line = lines[i] as string
    const used = threads.filter(({ text }) => line.includes(text)).map(({ id }) => id)
    if (used.length > 0) marks.push({ from: i + 1, to: i + 1, loops: used })
    const [, name] = spelling.loop.exec(line) ?? []
    if (name === undefined) continue
    const note = comment(lines, i)
    const same = waiting.filter(loop => isNamedAfter(name, loop.name))
    const meant = same.find(loop => note !== undefined && loop.madeBy === note) ?? same[0]
    if (meant === undefined) continue
    // Loops of one name stand in the order of the nest; the last is written more than once where it was copied.
    if (same.length > 1) waiting.splice(waiting.indexOf(meant), 1)
    marks.push({ from: i + 1, to: endOf(lines, i) + 1, loops: [meant.id] })
  }
  return marks
}

/** A name that is taken gets a number. */
const isNamedAfter = (name: string, loop: string): boolean =>
  name === loop || (name.startsWith(loop) && /^_?\d*_?$/.test(name.slice(loop.length)))

/** The comment of a loop: at the end of its line, or above it. */
function comment(lines: readonly string[], at: number): string | undefined {
  const [, own] = /\{ \/\/ (.*)$/.exec(lines[at] ?? '') ?? []
  if (own !== undefined) return own
  const above = lines[at - 1]?.trim() === '#pragma unroll' ? lines[at - 2] : lines[at - 1]
  return /^\s*\/\/ (.*)$/.exec(above ?? '')?.[1]
}

/** The line that closes the block which a line opens: the next one that is indented as little. */
function endOf(lines: readonly string[], at: number): number {
  const indent = (line: string): number => line.length - line.trimStart().length
  const own = indent(lines[at] ?? '')
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i] as string
    if (line.startsWith('}', own) && indent(line) === own) return i
  }
  return lines.length - 1
}
