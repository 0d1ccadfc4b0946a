/** docs/refusals.md: every code, its meaning, and a schedule that is refused with it. */
import {
  applySchedule,
  applyStep,
  isRefusal,
  parseSteps,
  type RefusalCode,
  refusalMeanings,
  renderRefusal,
  ScheduleRefusal,
  type Step,
} from '@qernel/schedule'
import { block } from '../markers.ts'
import { nestExamples, type RefusalExample, refusalExamples } from './refusal-examples.ts'

export function refusalPage(): string {
  const codes = Object.keys(refusalMeanings) as RefusalCode[]
  return `<!-- Written by npm run docs from packages/schedule/src/legality/refusal-meanings.ts and scripts/docs/pages/refusal-examples.ts: edit those. -->

# Refusals

A step that would change the results, or that cannot run, is refused. The loops stay unchanged, and the refusal is data: a
code, a sentence, the loops that it concerns (marked with carets), and what would be legal. Alternatives are tried before they
are offered. Some limits depend on the whole schedule (threads, shared memory, lanes to combine). They are checked at its end, and the refusal names the
step after which it cannot run. In TypeScript the refusal is \`ScheduleRefusal.refusal\`; on the command line the exit code is 2.

${codes.map(code => `[\`${code}\`](#${code})`).join(' · ')}

${codes.map(section).join('\n')}`
}

function section(code: RefusalCode): string {
  return `## ${code}\n\n${refusalMeanings[code]}\n\n${block('', exampleOf(code).message)}`
}

/**
 * The example of a code as it is told, with the code that it gets.
 * @throws Error where it has none, or nothing is refused
 */
export function exampleOf(code: RefusalCode): { readonly code: string; readonly message: string } {
  const example = refusalExamples[code]
  if (example !== undefined) {
    const { refusal, message } = refusalOf(example)
    return { code: refusal.code, message }
  }
  const made = nestExamples[code]
  if (made === undefined) throw new Error(`the refusal ${code} has no example`)
  const nest = made.nest()
  const result = applyStep(nest, parseSteps(made.step)[0] as Step)
  if (!isRefusal(result)) throw new Error(`nothing is refused in ${made.step}`)
  return { code: result.code, message: renderRefusal(result, 1, made.step, nest) }
}

/** @throws Error if nothing is refused */
function refusalOf({ kernel, steps, ...options }: RefusalExample): ScheduleRefusal {
  try {
    applySchedule(kernel, parseSteps(steps), options)
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error
    throw error
  }
  throw new Error(`nothing is refused in ${steps}`)
}
