/** The ceilings of a device: the fastest of several copy kernels for each mix of reads and writes. */
import type { LaunchPlan, PlannedArray } from '@qernel/codegen'
import { affine, type Kernel } from '@qernel/dsl'
import { arrayByteLength } from '@qernel/dsl/internal'
import { type Device, type DeviceBuffer, type Executable, KernelDidNotRunError, poisons } from '@qernel/runtime'
import { fillInput } from '../arrays/data.ts'
import { allocate, type Buffers, free } from '../load-kernel.ts'
import type { CeilingResult } from '../results.ts'
import type { Runner } from '../timing/interleave.ts'
import { median, quantile } from '../timing/quantiles.ts'
import { type CopyShape, copiedWords, copyKernel, copyShapes, type Mix } from './copy-kernels.ts'

/** A copy kernel, ready to run. */
export interface Candidate extends Runner {
  readonly shape: CopyShape
}

/** A mix with its fastest copy kernels. They take turns with the schedules that are measured against the best of them. */
export interface Ceiling {
  readonly mix: Mix
  readonly candidates: readonly Candidate[]
  readonly bytes: number
  free(): void
}

/** The number of copy kernels that take turns: which one is fastest changes from minute to minute, by more than their difference. */
const mostCandidates = 3

const [poison] = poisons

/**
 * @param wideBytes bytes of the wide array of the mix: the float tensor
 * @param tries launches per shape to find the fastest
 * @param warmup whether to give the clock of an idle GPU time to rise first
 */
export async function openCeiling(
  device: Device,
  mix: Mix,
  wideBytes: number,
  tries: number,
  warmup = false,
): Promise<Ceiling> {
  const W = Math.max(1, Math.floor(wideBytes / 16))
  const shapes = copyShapes(device.isSoftware, device.target, mix, W)
  const buffers = await copyBuffers(device, mix, W, shapes[0] as CopyShape)
  try {
    const candidates: Candidate[] = []
    for (const shape of shapes) {
      const executable = await device.load(copyKernel(device.target, mix, shape))
      const plan = device.plan(executable, { W })
      await checkMover(device, mix, executable, plan, buffers)
      candidates.push({ name: mix.name, shape, run: repeats => samplesOf(device, executable, plan, buffers, repeats) })
    }
    if (warmup) await warmUp(candidates[0] as Candidate, tries)
    const times: { readonly candidate: Candidate; readonly ms: number }[] = []
    for (const candidate of candidates) times.push({ candidate, ms: median(await candidate.run(tries)) })
    times.sort((one, other) => one.ms - other.ms)
    return {
      mix,
      candidates: times.slice(0, mostCandidates).map(({ candidate }) => candidate),
      bytes: W * (mix.reads + mix.writes),
      free: () => free(device, buffers),
    }
  } catch (error) {
    free(device, buffers)
    throw error
  }
}

/** Launches before the first one that counts, for as long as the clock of an idle GPU takes to rise. */
export async function warmUp(runner: Runner, launches: number): Promise<void> {
  const end = performance.now() + (launches === 0 ? 0 : clockRiseMs)
  for (let done = 0; done < launches || performance.now() < end; done += 50) await runner.run(50)
}
const clockRiseMs = 400

async function samplesOf(
  device: Device,
  executable: Executable,
  plan: LaunchPlan,
  buffers: Buffers,
  repeats: number,
): Promise<readonly number[]> {
  const time = await device.launch(executable, plan, buffers, { warmup: 1, repeats, timed: true })
  return time?.samples ?? []
}

/** Arrays for the copy kernels of every shape: a read-only kernel writes one word per thread. */
async function copyBuffers(device: Device, mix: Mix, W: number, shape: CopyShape): Promise<Map<string, DeviceBuffer>> {
  const plan = device.plan({ compiled: copyKernel(device.target, mix, shape) }, { W })
  const most = Math.max(...copyShapes(device.isSoftware, device.target, mix, W).map(({ block }) => block))
  const arrays = plan.arrays.map(
    (array): PlannedArray =>
      mix.writes === 0 && array.parameter.name === 'b' ? { ...array, byteLength: 4 * most } : array,
  )
  const buffers = await allocate(device, arrays)
  const source = arrays.find(({ parameter }) => parameter.name === 'a')
  if (source !== undefined) await fillInput(device, inLongRows(source), buffers.get('a') as DeviceBuffer, 'data', 1)
  return buffers
}

/** The same words in rows of up to 64 KiB: filling them takes one seed per row, which the host generates. */
function inLongRows(array: PlannedArray): PlannedArray {
  const words = array.byteLength / 4
  let columns = 4
  while (columns < 2 ** 14 && words % (2 * columns) === 0) columns *= 2
  return { ...array, shape: [words / columns, columns] }
}

/** Words checked at the start and at the end of each array. */
const sampleElements = 1024

/** @throws KernelDidNotRunError if a copy kernel did not write what it should */
async function checkMover(
  device: Device,
  mix: Mix,
  executable: Executable,
  plan: LaunchPlan,
  buffers: Buffers,
): Promise<void> {
  const { kernel, launches } = executable.compiled
  const b = buffers.get('b') as DeviceBuffer
  await device.fill(b, mix.writes === 0 ? 0 : poison)
  await device.launch(executable, plan, buffers)
  const W = plan.arrays.find(({ parameter }) => parameter.name === 'a')?.shape[0] ?? b.byteLength / 16
  if (mix.writes === 0) {
    const [block] = launches[0]?.workgroup ?? [1]
    const found = await words(device, b, 0, Math.min(block, W))
    if (found.some(word => word === 0)) throw new KernelDidNotRunError(`${kernel} read nothing`)
    return
  }
  // The first and the last elements. A fill writes the position within a part, which is known for the first part.
  const starts = mix.reads === 0 ? [0] : [0, Math.max(0, W - sampleElements)]
  for (const start of starts) {
    const count = Math.min(sampleElements, W - start)
    const [into, from] = [mix.writes / 4, mix.reads / 4]
    const written = await words(device, b, start * into, count * into)
    const read = from === 0 ? [] : await words(device, buffers.get('a') as DeviceBuffer, start * from, count * from)
    for (let i = 0; i < count; i++) {
      const expected = copiedWords(mix, [...read.slice(i * from, (i + 1) * from)], start + i)
      if (expected.some((word, k) => word !== written[i * into + k]))
        throw new KernelDidNotRunError(`${kernel} did not write what it should, first at element ${start + i}`)
    }
  }
}

async function words(device: Device, buffer: DeviceBuffer, first: number, count: number): Promise<Uint32Array> {
  const bytes = await device.download(buffer, 4 * first, 4 * count)
  return new Uint32Array(bytes.buffer, bytes.byteOffset, count)
}

/** Bytes of the inputs and outputs of a launch, each array once. Temporaries do not count: they are up to the schedule. */
export function bytesMoved(
  { tensors }: Kernel,
  sizes: ReadonlyMap<string, number>,
): { readonly reads: number; readonly writes: number } {
  const total = (of: 'input' | 'output') =>
    tensors
      .filter(({ role }) => role === of)
      .reduce((sum, { type, dims }) => {
        const shape = dims.map(dim => affine.extentValue(dim, sizes))
        return sum + arrayByteLength(type, shape, 1, 1)
      }, 0)
  return { reads: total('input'), writes: total('output') }
}

/** The ceiling is that of the fastest copy kernel, given the samples of each. */
export function ceilingResult(
  { mix, bytes, candidates }: Ceiling,
  samples: readonly (readonly number[])[],
): CeilingResult {
  const medians = samples.map(each => quantile(each, 0.5))
  const medianMs = Math.min(...medians)
  const { shape } = candidates[medians.indexOf(medianMs)] as Candidate
  return { mix: mix.name, medianMs, bytes, tbps: bytes / medianMs / 1e9, shape }
}
