/** What the page shows at once: the first example, compiled and printed while the page is built. */
import { listKernels } from '@qernel/kernels'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { compileSubject } from '../engine/compile.ts'
import { defaultState } from '../share/shared-state.ts'
import { App } from './app.tsx'
import type { FirstView } from './first-view.ts'
import { createModel } from './model.ts'

export function firstView(): FirstView {
  const compiled = compileSubject({ subject: defaultState, target: 'wgsl' })
  const library = listKernels().map(({ name, summary, element }) => ({
    name,
    summary,
    tensor: element.tensor,
    types: element.types.map(type => type.name),
  }))
  return { library, compiled }
}

/** The markup of the page before its script has run. */
export const markup = ({ library, compiled }: FirstView): string =>
  renderToString(h(App, { model: createModel(library, defaultState, compiled) }))
