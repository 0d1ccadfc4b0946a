/** The steps of a schedule, read from their texts one by one. */
import { parseSteps, type Step, StepSyntaxError } from '@qernel/schedule'
import type { StepText } from '../protocol.ts'

/** A text that is a step, with its position in the request; or what is wrong with it. */
export type ReadStep =
  | { readonly kind: 'off' }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'unreadable'; readonly at: number; readonly message: string }

/** Reads each text as exactly one step. */
export const readSteps = (texts: readonly StepText[]): ReadStep[] =>
  texts.map(({ text, isOn }) => (isOn ? readStep(text) : { kind: 'off' }))

function readStep(text: string): ReadStep {
  try {
    const [step, ...others] = parseSteps(text)
    if (step !== undefined && others.length === 0) return { kind: 'step', step }
    const message =
      step === undefined ? 'a step is expected, such as tile(t=16,d=16)' : 'one step is expected, not several'
    return { kind: 'unreadable', at: step === undefined ? 0 : text.indexOf(')') + 1, message }
  } catch (error) {
    if (!(error instanceof StepSyntaxError)) throw error
    const { at = 0, expected: words = 'a step' } = error.place ?? {}
    const expected = words === ', or )' ? 'a comma or a closing parenthesis' : words
    return { kind: 'unreadable', at, message: `${expected} is expected; steps are written as tile(t=16,d=16)` }
  }
}
