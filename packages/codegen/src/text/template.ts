/** Handlebars templates for generated files. They are compiled when qernel is built, so that a web page needs no `unsafe-eval`. */
import type Handlebars from 'handlebars'
import runtime from 'handlebars/runtime.js'

/** A compiled template, as in the `templates.js` of a back end. */
export type CompiledTemplate = Parameters<typeof Handlebars.template>[0]

/** A separate Handlebars environment, so that helpers that others register globally do not affect our templates. */
const environment = (runtime as unknown as typeof Handlebars).create()

/**
 * Makes the function that fills in a template. It throws if the view lacks a name that the template uses, so that no gap in a file goes
 * unnoticed.
 */
export const template = <View extends object>(compiled: CompiledTemplate): ((view: View) => string) =>
  environment.template<View>(compiled)
