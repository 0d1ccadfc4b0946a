import { type BenchOptions, benchmark, ceilingResult, mixes, openCeiling, takeTurns } from '@qernel/bench'
import { compilerVersion } from '@qernel/codegen'
import type { Device } from '@qernel/runtime'
import { compileError } from '../../errors/compile-error.ts'
import { deviceError } from '../../errors/device-error.ts'
import { checkWritable, writeWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { benchChart } from './chart.ts'
import { cpuBaseline } from './cpu-baseline.ts'
import type { benchOptions } from './options.ts'
import { readPeers } from './peers.ts'
import { benchText } from './report.ts'
import { type BenchResults, disagreeing, type MeasuredCeiling, type MeasuredSubject, sizeName } from './results.ts'
import { countOption, operationsPerElement, sizesOption, subjectsOf } from './subjects.ts'

export const bench: RunCommand<typeof benchOptions> = async ({ positionals: [name], options, progress }) => {
  const peers = options.peers === undefined ? [] : readPeers(options.peers)
  const sizes = sizesOption(options.sizes)
  const kinds = [...new Set(options.device.length === 0 ? ['webgpu'] : options.device)] as Device['kind'][]
  // What is wrong with the command line is said before a driver is loaded.
  subjectsOf(name, options, sizes ?? [[512, 1024]])
  const counts = { rounds: countOption('--rounds', options.rounds), repeats: countOption('--repeats', options.repeats) }

  // Hours may pass before it is written.
  if (options.svg !== undefined) checkWritable(options.svg)

  const devices: BenchResults['devices'][number][] = []
  const subjects: MeasuredSubject[] = []
  const ceilings: MeasuredCeiling[] = []
  let used: BenchOptions | undefined
  for (const kind of kinds) {
    const device = await open(kind, options.adapter)
    try {
      const { name: deviceName, driver, isSoftware } = device
      devices.push({ kind, name: deviceName, driver, isSoftware })
      used = benchOptionsFor(device, counts, progress)
      const own = sizes ?? (isSoftware ? [[512, 1024] as const] : [[131072, 1024] as const, [131072, 8192] as const])
      for (const subject of subjectsOf(name, options, own)) {
        subjects.push({
          device: kind,
          ...(await benchmark(device, subject, used)),
          operationsPerElement: operationsPerElement(subject.kernel, subject.wide),
        })
      }
      ceilings.push(
        ...(await otherCeilings(
          device,
          subjects.filter(each => each.device === kind),
          used,
        )),
      )
    } catch (error) {
      throw compileError(deviceError(error, hints), '--schedule')
    } finally {
      await device.close()
    }
  }
  const baseline = options.cpu ? cpuBaseline(sizes ?? [[16384, 256]]) : { times: [] }
  const results: BenchResults = {
    version: compilerVersion,
    note: options.note,
    devices,
    options: { rounds: used?.rounds ?? 0, repeats: used?.repeats ?? 0, warmup: used?.warmup ?? 0 },
    subjects,
    ceilings,
    peers,
    ...('note' in baseline ? { cpu: [], cpuNote: baseline.note } : { cpu: baseline.times }),
  }
  if (options.svg !== undefined) writeWhole(options.svg, benchChart(results))
  return { exitCode: isRight(results) ? 0 : 1, text: benchText(results), json: results }
}

const hints = { noDevice: 'a software adapter will do: --device webgpu', memory: 'take smaller --sizes' }

async function open(kind: Device['kind'], adapter: string | undefined): Promise<Device> {
  const { openDevice } = await import('@qernel/runtime')
  try {
    return await openDevice({ kind, ...(adapter === undefined ? {} : { adapter }) })
  } catch (error) {
    throw deviceError(error, hints)
  }
}

/** A software device is slow and its times mean nothing: it is asked for as little as shows that all works. */
function benchOptionsFor(
  { isSoftware }: Device,
  { rounds, repeats }: { readonly rounds: number | undefined; readonly repeats: number | undefined },
  progress: (line: string) => void,
): BenchOptions {
  return {
    rounds: rounds ?? (isSoftware ? 2 : 6),
    repeats: repeats ?? (isSoftware ? 1 : 5),
    warmup: isSoftware ? 0 : 300,
    rotateBytes: isSoftware ? 0 : 2 ** 28,
    progress,
  }
}

/** Reading, copying and filling arrays as large as those of the kernels, where no kernel was measured against it. */
async function otherCeilings(
  device: Device,
  subjects: readonly MeasuredSubject[],
  { rounds, repeats }: BenchOptions,
): Promise<MeasuredCeiling[]> {
  const found: MeasuredCeiling[] = []
  const done = new Set(subjects.map(each => `${size(each)} ${each.element} ${each.ceiling.mix}`))
  for (const subject of subjects) {
    const wide = Math.max(subject.bytes.reads, subject.bytes.writes)
    for (const mix of mixes.filter(({ name }) => ['read', 'copy', 'fill'].includes(name))) {
      const key = `${size(subject)} ${subject.element} ${mix.name}`
      if (done.has(key)) continue
      done.add(key)
      const ceiling = await openCeiling(device, mix, wide, Math.min(5, repeats))
      try {
        const [samples] = await takeTurns([ceiling], rounds, repeats)
        const result = ceilingResult(ceiling, samples as number[])
        found.push({ device: device.kind, size: size(subject), element: subject.element, ...result })
      } finally {
        ceiling.free()
      }
    }
  }
  return found
}

const size = ({ sizes }: MeasuredSubject): string => sizeName(sizes)

/** A schedule that does not apply to a size is no failure; results that differ are. */
function isRight(results: BenchResults): boolean {
  const wrong = results.subjects.some(
    ({ reference, schedules }) =>
      reference.rows.some(({ different }) => different > 0) ||
      schedules.some(({ verification }) => verification !== undefined && verification.different > 0),
  )
  return !wrong && disagreeing(results.subjects).length === 0
}
