import type { LaunchPlan } from '@qernel/codegen'
import type { KernelTime, LaunchOptions } from '../device.ts'
import { ArgumentError } from '../errors.ts'
import { type EncodePass, submit, timeByHost, timeByTimestamps } from './clock.ts'
import { uniformBinding, type WebgpuExecutable } from './executable.ts'
import { usages, type WebgpuBuffer } from './memory.ts'
import { operation } from './operation.ts'

/** Runs the dispatches of a plan on bound buffers: `Device.launch` on WebGPU. */
export async function launch(
  device: GPUDevice,
  executable: WebgpuExecutable,
  plan: LaunchPlan,
  buffers: ReadonlyMap<string, WebgpuBuffer>,
  { warmup = 0, repeats = 1, timed = false }: LaunchOptions = {},
): Promise<KernelTime | undefined> {
  if (plan.dispatches.length === 0) return undefined
  const what = `launch of ${executable.compiled.kernel}`
  const uniform = await operation(device, `uniform of the ${what}`, () => {
    const handle = device.createBuffer({ size: plan.uniform.byteLength, usage: usages.uniform })
    device.queue.writeBuffer(handle, 0, plan.uniform as Uint32Array<ArrayBuffer>)
    return handle
  })
  try {
    const encodePass = await operation(device, what, () => passEncoder(device, executable, plan, buffers, uniform))
    if (warmup > 0) await submit(device, what, warmup, encodePass)
    if (!timed) {
      await submit(device, what, repeats, encodePass)
      return undefined
    }
    const clock = device.features.has('timestamp-query') ? timeByTimestamps : timeByHost
    return await clock(device, what, repeats, encodePass)
  } finally {
    uniform.destroy()
  }
}

function passEncoder(
  device: GPUDevice,
  executable: WebgpuExecutable,
  plan: LaunchPlan,
  buffers: ReadonlyMap<string, WebgpuBuffer>,
  uniform: GPUBuffer,
): EncodePass {
  const { compiled, pipelines } = executable
  const dispatches = plan.dispatches.map(({ entry, grid }) => {
    const pipeline = pipelines.get(entry)
    if (pipeline === undefined) throw new ArgumentError(`${compiled.kernel} has no entry point ${entry}`)
    const entries = pipeline.arrays.map((array): GPUBindGroupEntry => {
      const buffer = buffers.get(array.name)
      if (buffer === undefined) throw new ArgumentError(`${compiled.kernel} needs a buffer for array ${array.name}`)
      return { binding: array.binding, resource: { buffer: buffer.handle, size: boundBytes(device, buffer) } }
    })
    entries.push({ binding: uniformBinding(compiled), resource: { buffer: uniform } })
    return { grid, pipeline: pipeline.handle, group: device.createBindGroup({ layout: pipeline.bindings, entries }) }
  })
  return (encoder, timestampWrites) => {
    const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {})
    for (const { grid, pipeline, group } of dispatches) {
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, group)
      pass.dispatchWorkgroups(...grid)
    }
    pass.end()
  }
}

/**
 * The whole buffer, a red zone behind the array included, as far as a binding may reach. Without the red zone in it the device itself would hide
 * writes past the end: it moves them onto the last element (SwiftShader) or drops them (lavapipe).
 */
function boundBytes(device: GPUDevice, buffer: WebgpuBuffer): number {
  return Math.min(buffer.byteLength, Math.floor(device.limits.maxStorageBufferBindingSize / 4) * 4)
}
