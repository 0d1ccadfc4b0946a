/** The entry of the page: takes over the text that was made when it was built, then compiles whatever the visitor chooses, in a worker. */
import { hydrate } from 'preact'
import { connectBoth } from '../engine/client.ts'
import { defaultState } from '../share/shared-state.ts'
import { keepAddress, openAddress } from './address.ts'
import { App } from './app.tsx'
import { askEngine } from './ask-engine.ts'
import { type FirstView, firstViewId } from './first-view.ts'
import { createModel } from './model.ts'
import { restoreTheme } from './theme.ts'

function start(): void {
  const root = document.getElementById('page')
  const text = document.getElementById(firstViewId)?.textContent
  if (root === null || text === undefined || text === null) throw new Error('the page is incomplete')
  const view: FirstView = JSON.parse(text)
  const model = createModel(defaultState, view)
  const start = (name: string) => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name })
  const engine = connectBoth(start('compile'), () => start('language'))
  hydrate(<App model={model} engine={engine} />, root)
  restoreTheme()
  void openAddress(model).then(() => keepAddress(model))
  addEventListener('hashchange', () => void openAddress(model))
  askEngine(model, engine)
}

start()
