/** What the page shows at once: the first example, compiled and printed while the page is built. */
import { listKernels } from '@qernel/kernels'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { answer } from '../engine/engine.ts'
import { defaultState } from '../share/shared-state.ts'
import { App } from './app.tsx'
import type { FirstView } from './first-view.ts'
import { createModel } from './model.ts'

export function firstView(): FirstView {
  const response = answer({ kind: 'compile', id: 0, subject: defaultState, target: 'wgsl' })
  if (response.kind !== 'compiled') throw new Error(`the first example does not compile: ${response.message}`)
  const library = listKernels().map(({ name, summary, element }) => ({
    name,
    summary,
    tensor: element.tensor,
    types: element.types.map(type => type.name),
  }))
  return { library, compiled: response.compiled }
}

/** The markup of the page before its script has run. */
export const markup = ({ library, compiled }: FirstView): string =>
  renderToString(h(App, { model: createModel(library, defaultState, compiled) }))
