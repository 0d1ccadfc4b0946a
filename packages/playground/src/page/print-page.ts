/** What the page shows at once: the first example, compiled and printed while the page is built. */
import { listKernels } from '@qernel/kernels'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { compileSubject } from '../engine/compile.ts'
import { pictureOf } from '../engine/picture.ts'
import { defaultState } from '../share/shared-state.ts'
import { App } from './app.tsx'
import type { FirstView } from './first-view.ts'
import { createModel, usualAccess } from './model.ts'

export function firstView(): FirstView {
  const question = { subject: defaultState, target: 'wgsl' } as const
  const compiled = compileSubject(question)
  const access = usualAccess(compiled.counted?.accesses ?? [])
  const library = listKernels().map(({ name, summary, element }) => ({
    name,
    summary,
    tensor: element.tensor,
    types: element.types.map(type => type.name),
  }))
  return { library, compiled, picture: pictureOf({ kind: 'picture', id: 0, ...question, access }) }
}

/** The markup of the page before its script has run. */
export const markup = (view: FirstView): string => renderToString(h(App, { model: createModel(defaultState, view) }))
