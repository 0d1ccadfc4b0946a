/** The text of a file, filled in by Handlebars. Templates are compiled when qernel is built, so that a page needs no `unsafe-eval`. */
import type Handlebars from 'handlebars'
import runtime from 'handlebars/runtime.js'

/** What `templates.js` of a back end holds for each of its templates. */
export type CompiledTemplate = Parameters<typeof Handlebars.template>[0]

/** The Handlebars of a template of its own: helpers that others register with theirs cannot reach into ours. */
const environment = (runtime as unknown as typeof Handlebars).create()

/**
 * A function that fills in a template. A name that the view does not have is an error there, so that no hole of a file stays empty
 * unnoticed.
 */
export const template = <View extends object>(compiled: CompiledTemplate): ((view: View) => string) =>
  environment.template<View>(compiled)
