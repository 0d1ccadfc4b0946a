import { Loops } from '../views/loops.tsx'
import { Memory } from '../views/memory.tsx'
import { Run } from '../views/run.tsx'
import { Schedule } from '../views/schedule.tsx'
import { Source } from '../views/source.tsx'
import { Threads } from '../views/threads.tsx'
import type { Model } from './model.ts'
import { Notice } from './notice.tsx'
import { TopBar } from './top-bar.tsx'

/** The whole page. It is printed once when the page is built, and taken over by the browser. */
export const App = ({ model }: { readonly model: Model }) => (
  <>
    <TopBar model={model} />
    <main class="room" id="main">
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
