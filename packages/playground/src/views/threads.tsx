import { loopFacts, type Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import type { AccessFacts, Counted } from '../protocol.ts'
import { ElementPicture } from './element-picture.tsx'
import { threadsOfLoop } from './threads-of-loop.ts'

/** Which thread of the first workgroup touches which element, for one access. */
export const Threads = ({ model }: { readonly model: Model }) => {
  const counted = model.counted.value
  const access = counted?.accesses[model.access.value]
  return (
    <Panel
      name="threads"
      title="Threads"
      note={counted !== undefined && <AccessChoice model={model} counted={counted} />}
    >
      {counted === undefined || access === undefined ? (
        <p class="empty">Nothing is accessed yet.</p>
      ) : (
        <>
          <AccessNote access={access} />
          <Elements model={model} counted={counted} access={access} />
        </>
      )}
    </Panel>
  )
}

const verbs: Readonly<Record<AccessFacts['kind'], string>> = { load: 'loads', store: 'stores', update: 'updates' }

const AccessChoice = ({ model, counted }: { readonly model: Model; readonly counted: Counted }) => (
  <select
    class="access"
    aria-label="Access that is pictured"
    value={model.access.value}
    onChange={event => {
      model.chosenAccess.value = Number(event.currentTarget.value)
    }}
  >
    {counted.accesses.map(({ kind, buffer, dispatch }, position) => (
      <option key={position} value={position} selected={position === model.access.value}>
        {`dispatch ${dispatch + 1} ${verbs[kind]} ${buffer}`}
      </option>
    ))}
  </select>
)

const patterns: Readonly<Record<AccessFacts['pattern'], string>> = {
  contiguous: 'neighbours side by side',
  same: 'all at the same bytes',
  strided: 'neighbours apart',
  single: 'one thread',
  computed: 'at computed positions',
}

const AccessNote = ({ access: { laneBytes, pattern, sectors } }: { readonly access: AccessFacts }) => (
  <dl class="facts">
    <div>
      <dt>bytes a thread</dt>
      <dd>{laneBytes}</dd>
    </div>
    <div>
      <dt>sectors a warp</dt>
      <dd>{sectors === undefined ? '–' : `${sectors.moved} (fewest ${sectors.fewest})`}</dd>
    </div>
    <div>
      <dt>threads</dt>
      <dd>{patterns[pattern]}</dd>
    </div>
  </dl>
)

const Elements = (props: { readonly model: Model; readonly counted: Counted; readonly access: AccessFacts }) => {
  const { model, counted, access } = props
  const picture = model.picture.value
  if (picture === undefined) return <p class="empty">Its positions are computed from data, so there is no picture.</p>
  const loop = loopFacts(model, model.markedLoop.value)
  const marked = loop?.dispatch === access.dispatch ? threadsOfLoop(loop, counted.loops) : undefined
  return <ElementPicture picture={picture} name={access.buffer} isMarked={marked} />
}
