/** Measures a kernel at a size that keeps a GPU busy. Its inputs are constant, since its time does not depend on them. */
import { compileFor } from '@qernel/codegen'
import type { Device, DeviceBuffer, KernelTime } from '@qernel/runtime/webgpu'
import type { Measurement } from './messages.ts'
import type { Runnable } from './runnable.ts'
import { fewestBytes, type MeasuredWork, measuredSizes } from './sizes.ts'

interface Effort extends MeasuredWork {
  readonly warmup: number
  readonly repeats: number
}

/** A GPU moves this in a tenth of a millisecond or more; a software device takes that long for a hundredth of it. */
const gpu: Effort = { bytes: 2 ** 26, statements: 2 ** 32, warmup: 5, repeats: 30 }
const software: Effort = { bytes: 2 ** 19, statements: 2 ** 22, warmup: 1, repeats: 3 }

/** The word 1.0: no NaN, no denormal, as f32 and as part of narrower types. */
const word = 0x3f800000

/** A clock is coarse for times below this many of its steps. */
const fewestSteps = 20

export async function measure(device: Device, { kernel, steps, nest, at }: Runnable): Promise<Measurement> {
  const effort = device.isSoftware ? software : gpu
  const { bindingBytes } = device.target.limits
  const sizes = measuredSizes(nest, at, effort, bindingBytes)
  const open = Object.fromEntries([...sizes].filter(([name]) => !nest.fixed.has(name)))
  const options = { target: device.target, fixed: nest.fixed }
  const executable = await device.load(compileFor(device.backEnd, kernel, steps, open, options))
  const buffers = new Map<string, DeviceBuffer>()
  try {
    const plan = device.plan(executable, open)
    for (const { parameter, byteLength, partBytes } of plan.arrays) {
      const buffer = await device.allocate(byteLength, partBytes)
      buffers.set(parameter.name, buffer)
      await device.fill(buffer, word)
    }
    const { warmup, repeats } = effort
    const time = await device.launch(executable, plan, buffers, { warmup, repeats, timed: true })
    if (time === undefined) return { kind: 'stopped', reason: 'failed', message: 'Nothing runs at these sizes.' }
    const bytes = fewestBytes(nest, sizes)
    return {
      kind: 'measured',
      sizes: Object.fromEntries(sizes),
      medianMs: time.medianMs,
      p20: time.p20,
      p80: time.p80,
      launches: time.samples.length,
      clock: time.clock,
      notes: notes(device, time),
      bytes,
      gigabytesPerSecond: bytes / 1e6 / time.medianMs,
    }
  } finally {
    for (const buffer of buffers.values()) device.free(buffer)
    device.unload(executable)
  }
}

function notes({ isSoftware, profile: { timestampQuantumNs } }: Device, { clock, medianMs }: KernelTime): string[] {
  const own = isSoftware ? ['This device is software: its times say nothing about a GPU.'] : []
  if (clock === 'host clock')
    return [...own, 'This browser has no timestamps of the GPU, so the time includes submission and waiting.']
  const stepMs = (timestampQuantumNs ?? 0) / 1e6
  if (medianMs >= fewestSteps * stepMs) return own
  return [
    ...own,
    `The clock of this browser is coarse: it advances in steps of ${Number((stepMs * 1000).toPrecision(3))} µs.`,
  ]
}
