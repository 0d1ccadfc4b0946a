/** Loads the editor and connects it with the model and the engine. */
import { effect } from '@preact/signals'
import type { Editor, EditorOptions, TextProblem } from '../editor/editor.ts'
import type { Engine } from '../engine/client.ts'
import { editText, type Model } from '../page/model.ts'
import type { Problem } from '../protocol.ts'

/** How long the text must stay the same before its types are checked, in milliseconds. */
const pause = 400

/** @returns what stops it */
export async function startEditor(host: HTMLElement, model: Model, engine: Engine): Promise<() => void> {
  const { createEditor } = await import('../editor/editor.ts')
  const editor = createEditor(host, {
    text: model.text.peek()?.text ?? '',
    onChange: text => editText(model, text),
    ...askedOf(engine),
  })
  const stops = [
    effect(() => editor.setText(model.text.value?.text ?? '')),
    effect(() => editor.setProblems(model.problems.value.flatMap(asTextProblem))),
    checkTypes(editor, model, engine),
    () => editor.destroy(),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Errors of types join the problems of the language, if the text has none of those. */
function checkTypes(editor: Editor, model: Model, engine: Engine): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return effect(() => {
    const { kernel } = model.state.value
    const problems = model.problems.value
    clearTimeout(timer)
    if (kernel.kind !== 'text' || problems.length > 0) return
    timer = setTimeout(async () => {
      const found = await engine.ask('diagnose', { text: kernel.text })
      if (found !== undefined && model.state.peek().kernel === kernel)
        editor.setProblems(found.result.flatMap(asTextProblem))
    }, pause)
  })
}

function asTextProblem({ message, instead, range }: Problem): TextProblem[] {
  return range === undefined ? [] : [{ ...range, message: instead === undefined ? message : `${message} – ${instead}` }]
}

const askedOf = (engine: Engine): Pick<EditorOptions, 'complete' | 'explain'> => ({
  complete: async (text, offset) => {
    const found = await engine.ask('complete', { text, offset })
    const written = /\w*$/.exec(text.slice(0, offset))?.[0] ?? ''
    return (
      found && {
        from: offset - written.length,
        options: found.result.map(({ label, kind }) => ({ label, detail: kind })),
      }
    )
  },
  explain: async (text, offset) => {
    const found = await engine.ask('hover', { text, offset })
    if (found?.result === undefined) return undefined
    const { from, to, signature, documentation } = found.result
    return { from, to, text: documentation === '' ? signature : `${signature}\n\n${documentation}` }
  },
})
