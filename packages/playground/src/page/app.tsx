import type { Engine } from '../engine/client.ts'
import { KernelText } from '../views/kernel-text.tsx'
import { Loops } from '../views/loops.tsx'
import { Memory } from '../views/memory.tsx'
import { Run } from '../views/run.tsx'
import { Schedule } from '../views/schedule.tsx'
import { Source } from '../views/source.tsx'
import { Threads } from '../views/threads.tsx'
import type { Model } from './model.ts'
import { Notice } from './notice.tsx'
import { TopBar } from './top-bar.tsx'

interface AppProps {
  readonly model: Model
  /** Absent while the page is built. */
  readonly engine?: Engine
}

/** The whole page. It is printed once when the page is built, and taken over by the browser. */
export const App = ({ model, engine }: AppProps) => (
  <>
    <TopBar model={model} />
    <main class="room" id="main">
      <KernelText model={model} engine={engine} />
      <Schedule model={model} />
      <Threads model={model} />
      <Source model={model} target="wgsl" />
      <Loops model={model} />
      <Source model={model} target="cuda" />
      <Memory model={model} />
      <Run model={model} />
    </main>
    <Notice model={model} />
  </>
)
