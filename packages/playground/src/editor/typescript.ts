/** The language of the editor, a chunk of its own: text can be read and written before it is coloured. */
import { javascript } from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'

export const typescript = (): Extension => javascript({ typescript: true })
