import type { LoopId, Nest } from '@qernel/dsl'
import { printNest } from '../nest/print-nest.ts'

/** Why a transform does not apply. The nest stays unchanged. Each code has a page and a test. */
export type RefusalCode =
  | 'unknown-transform'
  | 'bad-argument'
  | 'no-such-loop'
  | 'no-such-buffer'
  | 'does-not-divide'
  | 'not-parallel'
  | 'not-serial'
  | 'not-bound'
  | 'not-nested'
  | 'not-constant'
  | 'already-bound'
  | 'accesses-differ'
  | 'written-inside'
  | 'word-split'
  | 'reassociates'
  | 'over-limit'
  | 'device-limit'
  | 'lanes-differ'
  | 'grids-differ'
  | 'no-subgroups'
  | 'depends'
  | 'not-owner'

/** Refusals are data: rendered for people, counted by scripts. */
export interface Refusal {
  readonly refused: true
  readonly code: RefusalCode | (string & {})
  /** What is refused and why: one sentence, using the author's names. */
  readonly message: string
  /** The loops that it concerns; messages mark them with carets. */
  readonly loops: readonly LoopId[]
  /** What would be legal, nearest first. */
  readonly alternatives: readonly string[]
}

/** Makes a refusal for `apply` of a transform to return: the code, a sentence, the loops concerned, and what would be legal. */
export const refuse = (
  code: Refusal['code'],
  message: string,
  loops: readonly LoopId[] = [],
  alternatives: readonly (string | number)[] = [],
): Refusal => ({
  refused: true,
  code,
  message,
  loops,
  alternatives: alternatives.map(String),
})

/** Whether a transform returned a refusal instead of a nest. */
export const isRefusal = (x: object): x is Refusal => 'refused' in x

/** A refusal at a step of a schedule. */
export class ScheduleRefusal extends Error {
  override readonly name = 'ScheduleRefusal'
  readonly refusal: Refusal
  /** 1 for the first step that the author wrote. */
  readonly step: number
  readonly stepText: string
  /** The nest before the step; if the whole schedule is refused, the nest at its end. */
  readonly nest: Nest
  constructor(refusal: Refusal, step: number, stepText: string, nest: Nest) {
    super(renderRefusal(refusal, step, stepText, nest))
    this.refusal = refusal
    this.step = step
    this.stepText = stepText
    this.nest = nest
  }
}

/** "try 2, 4 or 8" */
export function listAlternatives(alternatives: readonly string[]): string {
  if (alternatives.length <= 1) return alternatives.join('')
  return `${alternatives.slice(0, -1).join(', ')} or ${alternatives.at(-1)}`
}

/** The refusal as text: the sentence, the nest with carets, the legal choices. */
export function renderRefusal(refusal: Refusal, step: number, stepText: string, nest: Nest): string {
  const lines = [`step ${step}, ${stepText}: ${refusal.message} [${refusal.code}]`]
  if (refusal.loops.length > 0) {
    const marked = new Set(refusal.loops)
    for (const line of printNest(nest)) {
      lines.push(`    ${line.text}`)
      if (line.loop !== undefined && marked.has(line.loop)) {
        const indent = line.text.length - line.text.trimStart().length
        lines.push(`    ${' '.repeat(indent)}${'^'.repeat(line.text.length - indent)}`)
      }
    }
  }
  if (refusal.alternatives.length > 0) lines.push(`try ${listAlternatives(refusal.alternatives)}`)
  return lines.join('\n')
}
