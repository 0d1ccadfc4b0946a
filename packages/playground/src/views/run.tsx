import { useEffect } from 'preact/hooks'
import { download } from '../page/download.ts'
import type { Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import { resultsText } from '../page/results-text.ts'
import { runAll, runShown, stopRunning } from '../page/run-actions.ts'
import { type RunModel, type RunResult, shownName } from '../page/run-model.ts'
import type { Check, DeviceFacts, Measurement } from '../run/messages.ts'
import { Plot } from './plot.tsx'

/** Runs schedules on the visitor's GPU: compares every element with the interpreter, and measures. */
export const Run = ({ model }: { readonly model: Model }) => {
  const { run } = model
  const { isRunning, device } = run
  useEffect(() => {
    if (!('gpu' in navigator))
      run.text.value = 'This browser offers no WebGPU, so nothing runs here. Everything else on this page works.'
  }, [run])
  return (
    <Panel name="run" title="Run" note={device.value?.name} actions={<Buttons model={model} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it. */}
      <section class="scroll run" tabIndex={0} aria-label="Results on this GPU">
        <p class="run-text" role="status" aria-busy={isRunning.value}>
          {run.text.value || (run.results.value.size === 0 ? invitation : '')}
        </p>
        <div class="run-results">
          <Results run={run} />
          <Plot run={run} />
        </div>
        <Remarks run={run} />
        {run.results.value.size > 0 && <DownloadResults model={model} />}
        {device.value !== undefined && <Device device={device.value} />}
      </section>
    </Panel>
  )
}

/** At which sizes and by which clock times were taken, and what limits them. */
const Remarks = ({ run: { results } }: { readonly run: RunModel }) => {
  const measured = [...results.value.values()].flatMap(({ measurement }) =>
    measurement?.kind === 'measured' ? [measurement] : [],
  )
  const remarks = new Set(
    measured.flatMap(({ clock, sizes, launches, notes }) => [
      `Times are medians of ${launches} launches at ${sizesText(sizes)}, by ${clocks[clock]}.`,
      ...notes,
    ]),
  )
  return remarks.size === 0 ? null : <p class="quiet">{[...remarks].join(' ')}</p>
}

const clocks = { 'gpu timestamps': 'timestamps of the GPU', 'host clock': 'the clock of the browser' } as const

const sizesText = (sizes: Readonly<Record<string, number>>): string =>
  Object.entries(sizes)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')

const DownloadResults = ({ model: { run, compiled } }: { readonly model: Model }) => {
  const { name = 'kernel', hash = '' } = compiled.value.kernel ?? {}
  return (
    <p>
      <button
        type="button"
        disabled={run.isRunning.value}
        onClick={() => download(`${name}.csv`, resultsText(run, `kernel: ${name}, ${hash}`))}
      >
        Download .csv
      </button>
    </p>
  )
}

const invitation =
  'Run compares every element with the interpreter, bit for bit, and measures the time on this GPU. Nothing leaves this page.'

const Buttons = ({ model }: { readonly model: Model }) => {
  const isRunning = model.run.isRunning.value
  const canRun = model.compiled.value.sources?.wgsl.kind === 'source'
  return (
    <>
      <button type="button" class="primary" disabled={!canRun || isRunning} onClick={() => runShown(model)}>
        Run
      </button>
      <button type="button" disabled={!canRun || isRunning} onClick={() => runAll(model)}>
        Compare all
      </button>
      <button type="button" disabled={!isRunning} onClick={stopRunning}>
        Stop
      </button>
    </>
  )
}

const Results = ({ run: { results } }: { readonly run: RunModel }) =>
  results.value.size === 0 ? null : (
    <table class="results">
      <thead>
        <tr>
          <th scope="col">schedule</th>
          <th scope="col">against the interpreter</th>
          <th scope="col" class="number">
            time
          </th>
          <th scope="col" class="number">
            GB/s
          </th>
        </tr>
      </thead>
      <tbody>
        {[...results.value].map(([name, result]) => (
          <Result key={name} name={name} result={result} />
        ))}
      </tbody>
    </table>
  )

const Result = ({ name, result }: { readonly name: string; readonly result: RunResult }) => {
  const { check, measurement } = result
  return (
    <tr>
      <th scope="row">{shownName(name)}</th>
      <td>{check === undefined ? '…' : <CheckText check={check} />}</td>
      <td class="number" title={measurement?.kind === 'measured' ? measuredText(measurement) : undefined}>
        {measurement === undefined ? '' : measurement.kind === 'stopped' ? measurement.message : timeText(measurement)}
      </td>
      <td class="number">{measurement?.kind === 'measured' ? measurement.gigabytesPerSecond.toPrecision(3) : ''}</td>
    </tr>
  )
}

const CheckText = ({ check }: { readonly check: Check }) => {
  if (check.kind === 'stopped') return <span class="bad">{check.message}</span>
  const { isRight, total, equal, allowed, reasons, wrong, sizes } = check
  return (
    <span class={isRight ? 'good' : 'bad'} title={`at ${sizesText(sizes)}`}>
      {isRight ? '✓ ' : '✗ '}
      {equal === total ? `all ${total} elements equal` : `${equal} of ${total} elements equal`}
      {allowed > 0 && `, ${allowed} allowed: ${reasons.join('; ')}`}
      {wrong.length > 0 && `. ${wrong.join(' ')}`}
    </span>
  )
}

type Measured = Extract<Measurement, { readonly kind: 'measured' }>

const timeText = ({ medianMs }: Measured): string =>
  medianMs < 1 ? `${(1000 * medianMs).toPrecision(3)} µs` : `${medianMs.toPrecision(3)} ms`

const measuredText = ({ p20, p80, launches }: Measured): string =>
  `median of ${launches} launches, from ${p20.toPrecision(3)} to ${p80.toPrecision(3)} ms (20th to 80th percentile)`

const Device = ({ device }: { readonly device: DeviceFacts }) => (
  <details class="device" open>
    <summary>
      {device.name}
      {device.isSoftware && ': software, so its results count and its times mean nothing'}
    </summary>
    <dl>
      {[['driver', device.driver] as const, ...device.numerics, ...device.limits].map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  </details>
)
