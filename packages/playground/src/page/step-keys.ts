/** Which step is which: a step keeps its element in the page, and with it the focus, while its text changes, its schedule is compiled anew, or it moves. */
import type { StepText } from '../protocol.ts'

const keys = new WeakMap<StepText, string>()
let made = 0

/** A key that no other step has. */
export function keyOf(step: StepText): string {
  const key = keys.get(step) ?? `own ${++made}`
  keys.set(step, key)
  return key
}

/** A step with the key of one that it replaces. */
export function replacing(old: StepText | undefined, step: StepText): StepText {
  if (old !== undefined) keys.set(step, keyOf(old))
  return step
}

/** A step of a named schedule, which is known by its position: the engine finds its text anew whenever it compiles. */
export function namedStep(text: string, position: number): StepText {
  const step: StepText = { text, isOn: true }
  keys.set(step, `named ${position}`)
  return step
}
