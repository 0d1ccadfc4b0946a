import type { BenchSettings } from '@qernel/bench'
import { compilerVersion } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import { timeOption } from '../../arguments/amounts.ts'
import { deviceError } from '../../errors/device-error.ts'
import { checkWritable, writeWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { awaitInterruption } from '../../frame/interruption.ts'
import { benchChart } from './chart.ts'
import { cpuBaseline } from './cpu-baseline.ts'
import type { benchOptions } from './options.ts'
import { readPeers } from './peers.ts'
import { Pulse } from './pulse.ts'
import { benchText } from './report.ts'
import { type BenchResults, disagreeing } from './results.ts'
import { Rows } from './rows.ts'
import { benchedKernels, countOption, sizesOption, subjectsOf } from './subjects.ts'
import { deviceHints, type SweepResults, sweep } from './sweep.ts'
import { SweepProgress } from './sweep-progress.ts'
import { watchedRows } from './watched-rows.ts'
import { writtenSchedules } from './written-schedules.ts'

export const bench: RunCommand<typeof benchOptions> = async invocation => {
  const { progress } = invocation
  const { libraries, options } = await benchedKernels(invocation.positionals[0], invocation.options)
  const peers = options.peers === undefined ? [] : readPeers(options.peers)
  const sizes = sizesOption(options.sizes)
  const kinds = [...new Set(options.device.length === 0 ? ['webgpu'] : options.device)] as Device['kind'][]
  const { schedules: written, repeated } = writtenSchedules(options.steps, options['steps-file'])
  // Errors in the command line are reported before a driver is loaded.
  const noted = new Set<string>()
  const note = (text: string): void => {
    if (!noted.has(text)) progress(`note: ${text}`)
    noted.add(text)
  }
  subjectsOf(libraries, options, written, sizes ?? [[512, 1024]], note)
  const counts = { rounds: countOption('--rounds', options.rounds), repeats: countOption('--repeats', options.repeats) }
  // The file may be written hours later, so check now.
  if (options.svg !== undefined) checkWritable(options.svg)
  const deadline = timeOption('--deadline', options.deadline)
  const watched = process.env[watchedRows]
  const rows = new Rows(options.rows ?? watched, options.note)
  const pulse = new Pulse(
    rows.run,
    deadline,
    watched === undefined ? undefined : message => process.connected && process.send?.(message),
  )
  for (const note of rows.notes) progress(note)
  if (repeated > 0) progress(`${repeated} of the schedules repeat others and are measured once`)

  const interruption = awaitInterruption(signal =>
    progress(`${signal}: stopping after the current turn; a second signal stops immediately`),
  )
  const swept = await sweep({
    kinds,
    open: kind => open(kind, options.adapter),
    subjectsOn: device =>
      subjectsOf(libraries, options, written, sizes ?? (device.isSoftware ? smallSizes : largeSizes), note),
    settingsOn: device => settingsFor(device, counts),
    rows,
    pulse,
    progress: new SweepProgress(invocation, kinds.length),
    shouldStop: () => interruption.signal() !== undefined,
  }).finally(() => {
    interruption.release()
    rows.close()
    pulse.over()
  })
  const stop = interruption.signal()

  const { devices, subjects, ceilings, settings, missing, unmeasured } = swept
  const baseline = options.cpu && stop === undefined ? cpuBaseline(sizes ?? [[16384, 256]]) : { times: [] }
  const results: BenchResults = {
    version: compilerVersion,
    note: options.note,
    devices,
    options: { rounds: settings?.rounds ?? 0, repeats: settings?.repeats ?? 0, warmup: settings?.warmup ?? 0 },
    subjects,
    ceilings,
    peers,
    ...('note' in baseline ? { cpu: [], cpuNote: baseline.note } : { cpu: baseline.times }),
    ...(missing.length > 0 && { missing }),
    ...(unmeasured > 0 && { unmeasured }),
    ...(stop && { stoppedBy: stop.name }),
    ...(options.rows !== undefined && { rows: { file: options.rows, ...rows.counts } }),
  }
  if (options.svg !== undefined) writeWhole(options.svg, benchChart(results))
  return { exitCode: stop?.exitCode ?? (isRight(results, swept) ? 0 : 1), text: benchText(results), json: results }
}

const smallSizes = [[512, 1024]] as const
const largeSizes = [
  [131072, 1024],
  [131072, 8192],
] as const

async function open(kind: Device['kind'], adapter: string | undefined): Promise<Device> {
  const { openDevice } = await import('@qernel/runtime')
  try {
    return await openDevice({ kind, ...(adapter === undefined ? {} : { adapter }) })
  } catch (error) {
    throw deviceError(error, deviceHints)
  }
}

/** A software device is slow and its times mean nothing, so it does just enough to show that everything works. */
const settingsFor = (
  { isSoftware }: Device,
  { rounds, repeats }: { readonly rounds: number | undefined; readonly repeats: number | undefined },
): BenchSettings => ({
  rounds: rounds ?? (isSoftware ? 2 : 6),
  repeats: repeats ?? (isSoftware ? 1 : 5),
  warmup: isSoftware ? 0 : 300,
  rotateBytes: isSoftware ? 0 : 2 ** 28,
})

/** A schedule that does not apply to a size is not a failure, but one that does not run or gives different results is. */
function isRight(results: BenchResults, { missing }: SweepResults): boolean {
  const wrong = results.subjects.some(
    ({ reference, schedules }) =>
      reference?.rows.some(({ different }) => different > 0) ||
      schedules.some(({ failure }) => failure !== undefined && failure !== 'refused'),
  )
  return !wrong && missing.length === 0 && disagreeing(results.subjects).length === 0
}
