/** The entry of the page: takes over the text that was made when it was built, then compiles whatever the visitor chooses, in a worker. */
import { effect } from '@preact/signals'
import { hydrate } from 'preact'
import { connect } from '../engine/client.ts'
import { decodeFragment } from '../share/fragment.ts'
import { defaultState } from '../share/shared-state.ts'
import { App } from './app.tsx'
import { type FirstView, firstViewId } from './first-view.ts'
import { createModel, type Model, restore } from './model.ts'
import { restoreTheme } from './theme.ts'

function start(): void {
  const root = document.getElementById('page')
  const text = document.getElementById(firstViewId)?.textContent
  if (root === null || text === undefined || text === null) throw new Error('the page is incomplete')
  const { library, compiled }: FirstView = JSON.parse(text)
  const model = createModel(library, defaultState, compiled)
  hydrate(<App model={model} />, root)
  restoreTheme()
  void openLink(model)
  addEventListener('hashchange', () => void openLink(model))
  compileChanges(model)
}

async function openLink(model: Model): Promise<void> {
  if (location.hash.length < 2) return
  const decoded = await decodeFragment(location.hash)
  if (decoded.kind === 'damaged') model.notice.value = decoded.message
  restore(model, decoded.kind === 'state' ? decoded.state : defaultState)
}

function compileChanges(model: Model): void {
  const engine = connect(new Worker(new URL('../engine/worker.ts', import.meta.url), { type: 'module' }))
  effect(() => {
    const request = { subject: model.state.value, target: model.target.value }
    engine.compile(request).then(
      compiled => {
        if (compiled !== undefined) model.compiled.value = compiled
      },
      (error: unknown) => {
        model.notice.value = `The compiler met an error of its own: ${error instanceof Error ? error.message : error}`
      },
    )
  })
}

start()
