import type { LaunchPlan, Part } from '@qernel/codegen'
import type { KernelTime, LaunchOptions } from '../device.ts'
import { ArgumentError } from '../errors.ts'
import { redZoneBytes } from '../poison.ts'
import { type EncodePass, submit, timeByHost, timeByTimestamps } from './clock.ts'
import { withErrorScopes } from './error-scopes.ts'
import { uniformBinding, type WebgpuExecutable } from './executable.ts'
import { segmentOf, usages, type WebgpuBuffer } from './memory.ts'

/** The distance in bytes between the uniforms of dispatches, which every device accepts as an offset. */
const uniformStride = 256

/** `Device.launch` on WebGPU: runs the dispatches of a plan on buffers. */
export async function launch(
  device: GPUDevice,
  executable: WebgpuExecutable,
  plan: LaunchPlan,
  buffers: ReadonlyMap<string, WebgpuBuffer>,
  bindingBytes: number,
  { warmup = 0, repeats = 1, timed = false }: LaunchOptions = {},
): Promise<KernelTime | undefined> {
  if (plan.dispatches.length === 0) return undefined
  const what = `launch of ${executable.compiled.kernel}`
  const uniform = await withErrorScopes(device, `uniform of the ${what}`, () => {
    const handle = device.createBuffer({ size: plan.dispatches.length * uniformStride, usage: usages.uniform })
    for (const [position, { uniform: words }] of plan.dispatches.entries()) {
      device.queue.writeBuffer(handle, position * uniformStride, words as Uint32Array<ArrayBuffer>)
    }
    return handle
  })
  try {
    const encodePass = await withErrorScopes(device, what, () =>
      passEncoder(device, executable, plan, buffers, uniform, bindingBytes),
    )
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
  bindingBytes: number,
): EncodePass {
  const { compiled, pipelines } = executable
  const dispatches = plan.dispatches.map(({ entry, grid, part, uniform: words }, position) => {
    const pipeline = pipelines.get(entry)
    if (pipeline === undefined) throw new ArgumentError(`${compiled.kernel} has no entry point ${entry}`)
    const entries = pipeline.arrays.map((array): GPUBindGroupEntry => {
      const buffer = buffers.get(array.name)
      if (buffer === undefined) throw new ArgumentError(`${compiled.kernel} needs a buffer for array ${array.name}`)
      const { offset, length } = boundBytes(buffer, array.name, part, bindingBytes)
      const found = segmentOf(buffer, offset, length)
      if (found === undefined) {
        throw new ArgumentError(
          `${compiled.kernel} binds bytes ${offset} to ${offset + length} of ${array.name}, which are in two buffers; allocate it with the partBytes of this plan`,
        )
      }
      return { binding: array.binding, resource: { buffer: found.handle, offset: found.offset, size: length } }
    })
    const resource = { buffer: uniform, offset: position * uniformStride, size: words.byteLength }
    entries.push({ binding: uniformBinding(compiled), resource })
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
 * The bytes to bind. The whole buffer, or its last part, includes the red zone after the array as far as a binding may reach. Otherwise the
 * device would hide writes past the end: SwiftShader moves them to the last element, and lavapipe drops them.
 */
function boundBytes({ byteLength }: WebgpuBuffer, name: string, part: Part | undefined, bindingBytes: number) {
  const bytes = part?.bytes.get(name) ?? { offset: 0, length: byteLength }
  const isLast = part === undefined || bytes.offset + bytes.length + redZoneBytes >= byteLength
  const length = isLast ? Math.min(byteLength - bytes.offset, bindingBytes) : bytes.length
  return { offset: bytes.offset, length }
}
