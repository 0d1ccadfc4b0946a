import type { Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import type { Counted, TensorTraffic } from '../protocol.ts'

/** The bytes that the schedule moves, against the fewest possible. */
export const Memory = ({ model }: { readonly model: Model }) => {
  const counted = model.counted.value
  return (
    <Panel name="memory" title="Memory" note={counted && `at ${sizesText(counted)}`}>
      {counted === undefined ? (
        <p class="empty">Nothing is counted yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it.
        <section class="scroll memory" tabIndex={0} aria-label="Bytes moved">
          <Totals counted={counted} />
          <Tensors counted={counted} />
          <Dispatches counted={counted} />
          {counted.assumptions.map(text => (
            <p key={text} class="quiet">
              Assumed: {text}
            </p>
          ))}
        </section>
      )}
    </Panel>
  )
}

const sizesText = ({ sizes }: Counted): string =>
  Object.entries(sizes)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')

const Totals = ({ counted: { bytes } }: { readonly counted: Counted }) => {
  const moved = bytes.read + bytes.written
  const ratio = bytes.fewest === 0 ? 1 : moved / bytes.fewest
  return (
    <p class="totals">
      <strong>{ratio.toFixed(2)} ×</strong> the fewest bytes: {inUnits(moved)} moved, {inUnits(bytes.fewest)} possible
      {bytes.repeated > 0 && `; caches serve ${inUnits(bytes.repeated)} that loops repeat`}
    </p>
  )
}

const Tensors = ({ counted: { tensors } }: { readonly counted: Counted }) => {
  const most = tensors.reduce((largest, { moved, fewest }) => Math.max(largest, moved, fewest), 1)
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">tensor</th>
          <th scope="col">role</th>
          <th scope="col" class="number">
            moved
          </th>
          <th scope="col" class="number">
            fewest
          </th>
          <th scope="col">
            <span class="hidden">share</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tensors.map(one => (
          <tr key={one.tensor}>
            <th scope="row">{one.tensor}</th>
            <td>{one.role}</td>
            <td class="number">{inUnits(one.moved)}</td>
            <td class="number">{inUnits(one.fewest)}</td>
            <td class="bars">
              <Bars one={one} most={most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const Bars = ({ one: { moved, fewest }, most }: { readonly one: TensorTraffic; readonly most: number }) => (
  <svg width="100%" height="10" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="bar-moved" x="0" y="1" width={(100 * moved) / most} height="8" />
    <rect class="bar-fewest" x="0" y="3" width={(100 * fewest) / most} height="4" />
  </svg>
)

const Dispatches = ({ counted: { dispatches } }: { readonly counted: Counted }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">dispatch</th>
        <th scope="col">workgroups</th>
        <th scope="col" class="number">
          threads each
        </th>
        <th scope="col" class="number">
          shared bytes
        </th>
      </tr>
    </thead>
    <tbody>
      {dispatches.map(({ grid, threads, sharedBytes }, position) => (
        <tr key={position}>
          <th scope="row">{position + 1}</th>
          <td>{grid.join(' × ') || '1'}</td>
          <td class="number">{threads}</td>
          <td class="number">{sharedBytes}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

/** Bytes as people read them: `4.2 MB`. */
function inUnits(bytes: number): string {
  const [unit, size] = [['GB', 1e9] as const, ['MB', 1e6] as const, ['kB', 1e3] as const].find(
    one => bytes >= one[1],
  ) ?? ['B', 1]
  return `${size === 1 ? bytes : (bytes / size).toPrecision(3)} ${unit}`
}
