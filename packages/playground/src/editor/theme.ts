/** The editor in the colours of the page (`styles/theme.css`), whose variables reach into its shadow root. */
import { HighlightStyle } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

export const highlightStyle = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--comment)' },
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--keyword)' },
  { tag: [tags.typeName, tags.className], color: 'var(--type)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--number)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--string)' },
])

const floating = {
  background: 'var(--panel)',
  color: 'var(--ink)',
  border: '1px solid var(--rule)',
  borderRadius: 'var(--radius)',
  boxShadow: '0 4px 16px rgb(0 0 0 / 0.18)',
}

export const editorTheme = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--code-size)', color: 'var(--ink)', background: 'var(--panel)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 12px 0 2px' },
  '.cm-gutters': { background: 'none', border: '0' },
  '.cm-gutter-lint': { width: '10px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 0 0 1px' },
  '.cm-lint-marker': { width: '8px', height: '8px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-ground)',
  },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--mark-ground)', color: 'inherit' },
  '.cm-tooltip': floating,
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'var(--soft)', fontStyle: 'normal' },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-completionInfo': { padding: '6px 10px', font: '12px/1.45 var(--sans)', whiteSpace: 'pre-wrap' },
  '.cm-explanation': { maxWidth: '480px', padding: '6px 10px', font: '12px/1.45 var(--mono)', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic': { padding: '6px 10px', font: '12px/1.45 var(--sans)' },
})
