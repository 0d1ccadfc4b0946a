/**
 * The editor of kernels. It lives in a shadow root, because there CodeMirror puts its rules into constructed style sheets: the page's
 * Content-Security-Policy allows no style elements.
 */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, hoverTooltip, keymap, type Tooltip } from '@codemirror/view'
import { editorTheme, highlightStyle } from './theme.ts'

/** What is wrong with a part of the text, as offsets. */
export interface TextProblem {
  readonly from: number
  readonly to: number
  readonly message: string
}

export interface Suggestion {
  readonly label: string
  /** Its type, or another short text beside it. */
  readonly detail?: string
  /** Its documentation. */
  readonly info?: string
}

export interface Suggestions {
  /** Where the word begins that a suggestion replaces. */
  readonly from: number
  readonly options: readonly Suggestion[]
}

/** What a word means. */
export interface Explanation {
  readonly from: number
  readonly to: number
  readonly text: string
}

export interface EditorOptions {
  readonly text: string
  onChange(text: string): void
  complete(text: string, position: number): Promise<Suggestions | undefined>
  explain(text: string, position: number): Promise<Explanation | undefined>
}

export interface Editor {
  /** Replaces the whole text without calling `onChange`. */
  setText(text: string): void
  setProblems(problems: readonly TextProblem[]): void
  destroy(): void
}

/** Puts an editor into an element. */
export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  let isOurs = false
  const language = new Compartment()
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        indentOnInput(),
        language.of([]),
        syntaxHighlighting(highlightStyle),
        lintGutter(),
        autocompletion({ override: [context => complete(context, options)], icons: false }),
        hoverTooltip((hovered, position) => explain(hovered, position, options)),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        // It can be reached by the keyboard in any case, but not all tools that look for it know.
        EditorView.contentAttributes.of({ 'aria-label': 'Kernel', tabindex: '0' }),
        EditorView.updateListener.of(update => {
          if (update.docChanged && !isOurs) options.onChange(update.state.doc.toString())
        }),
        editorTheme,
      ],
    }),
  })
  void import('./typescript.ts').then(({ typescript }) =>
    view.dispatch({ effects: language.reconfigure(typescript()) }),
  )
  return {
    setText: text => {
      if (text === view.state.doc.toString()) return
      isOurs = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      isOurs = false
    },
    setProblems: problems => {
      const { length } = view.state.doc
      const diagnostics = problems.map(({ from, to, message }): Diagnostic => {
        const start = Math.min(from, length)
        return { from: start, to: Math.min(Math.max(to, start), length), severity: 'error', message }
      })
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    destroy: () => view.destroy(),
  }
}

async function complete(context: CompletionContext, { complete }: EditorOptions): Promise<CompletionResult | null> {
  if (!context.explicit && context.matchBefore(/[\w.]$/) === null) return null
  const found = await complete(context.state.doc.toString(), context.pos)
  if (found === undefined) return null
  return { from: found.from, options: found.options.map(one => ({ ...one })), validFor: /^\w*$/ }
}

async function explain(view: EditorView, position: number, { explain }: EditorOptions): Promise<Tooltip | null> {
  const found = await explain(view.state.doc.toString(), position)
  if (found === undefined) return null
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => {
      const dom = document.createElement('div')
      dom.className = 'cm-explanation'
      dom.textContent = found.text
      return { dom }
    },
  }
}
