/** What the page shows at once: the first example, compiled and printed while the page is built. */
import { listKernels } from '@qernel/kernels'
import { h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { compileSubject } from '../engine/compile.ts'
import { countedOf } from '../engine/counted.ts'
import { pictureOf } from '../engine/picture.ts'
import { stages } from '../engine/stages.ts'
import { toEnd } from '../engine/turns.ts'
import type { TextSource } from '../protocol.ts'
import { defaultState } from '../share/shared-state.ts'
import { App } from './app.tsx'
import type { ExampleEntry, FirstView } from './first-view.ts'
import { createModel, usualAccess } from './model.ts'

/** @param text the kernel as text */
export function firstView(text: TextSource, examples: readonly ExampleEntry[]): FirstView {
  const question = { subject: defaultState, target: 'wgsl' } as const
  const compiled = { ...compileSubject(question), stages: toEnd(stages(question)) }
  const counted = countedOf(question)
  const access = usualAccess(counted?.accesses ?? [])
  const library = listKernels().map(({ name, summary, element }) => ({
    name,
    summary,
    tensor: element.tensor,
    types: element.types.map(type => type.name),
  }))
  const picture = pictureOf({ kind: 'picture', id: 0, ...question, access })
  return { library, examples, compiled, counted, picture, text }
}

/** The markup of the page before its script has run. */
export const markup = (view: FirstView): string => renderToString(h(App, { model: createModel(defaultState, view) }))
