/** Short kernels to begin with. */
import type { Model } from './model.ts'
import { restore } from './model.ts'

/** Shows an example, which from then on is a text like the visitor's own. */
export async function chooseExample(model: Model, name: string): Promise<void> {
  try {
    const { exampleText } = await import('./example-texts.ts')
    const text = await exampleText(name)
    model.run.results.value = new Map()
    model.chosenExample.value = { name, text }
    restore(model, { kernel: { kind: 'text', text }, schedule: { kind: 'named', name: 'naive' }, fixed: {}, at: {} })
  } catch {
    model.notice.value = `The example ${name} could not be loaded.`
  }
}

/** The example that is shown, as long as nobody has changed its text. */
export function shownExample({ state, chosenExample }: Model): string | undefined {
  const { kernel } = state.value
  const { name, text } = chosenExample.value ?? {}
  return kernel.kind === 'text' && kernel.text === text ? name : undefined
}
