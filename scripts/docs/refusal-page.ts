/** docs/refusals.md: every code, what it means, and a schedule that gets it. */
import { applySchedule, parseSteps, type RefusalCode, refusalMeanings, ScheduleRefusal } from '@qernel/schedule'
import { block } from './markers.ts'
import { type RefusalExample, refusalExamples } from './refusal-examples.ts'

export function refusalPage(): string {
  const codes = Object.keys(refusalMeanings) as RefusalCode[]
  return `<!-- Written by npm run docs from packages/schedule/src/refusal-meanings.ts and scripts/docs/refusal-examples.ts: edit those. -->

# Refusals

A step that would change the results, or that cannot run, is refused: the loops stay as they were, and the refusal is data, with a
code, a sentence, the loops that it concerns (carets stand under them) and what would be legal. Alternatives are tried before they
are offered. What only the whole schedule decides (threads, shared memory, lanes that meet) is refused at its end, with the step since which
it cannot run. In TypeScript it is \`ScheduleRefusal.refusal\`; on the command line the exit code is 2.

${codes.map(code => `[\`${code}\`](#${code})`).join(' · ')}

${codes.map(section).join('\n')}`
}

function section(code: RefusalCode): string {
  const example = refusalExamples[code]
  const shown =
    example === undefined
      ? 'No schedule of the built-in transforms on the library kernels comes to it; a transform from elsewhere can.\n'
      : block('', refusalOf(example).message)
  return `## ${code}\n\n${refusalMeanings[code]}\n\n${shown}`
}

/** @throws Error where nothing is refused */
export function refusalOf({ kernel, steps, ...options }: RefusalExample): ScheduleRefusal {
  try {
    applySchedule(kernel, parseSteps(steps), options)
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error
    throw error
  }
  throw new Error(`nothing is refused in ${steps}`)
}
