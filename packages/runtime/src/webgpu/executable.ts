import type { ArrayParameter, CompiledKernel, Launch } from '@qernel/codegen'
import type { Executable } from '../device.ts'
import { KernelCompileError } from '../errors.ts'
import { messageOf, withErrorScopes } from './error-scopes.ts'
import { pauseWhileWaiting } from './pause-while-waiting.ts'
import { shaderModule } from './shader-module.ts'

/** A compiled kernel with one pipeline per entry point. */
export interface WebgpuExecutable extends Executable {
  readonly pipelines: ReadonlyMap<string, Pipeline>
}

export interface Pipeline {
  readonly handle: GPUComputePipeline
  readonly bindings: GPUBindGroupLayout
  readonly arrays: readonly ArrayParameter[]
}

const COMPUTE_STAGE = 0x4

/** @throws KernelCompileError if the device rejects the WGSL or a pipeline made from it. */
export async function compileExecutable(device: GPUDevice, compiled: CompiledKernel): Promise<WebgpuExecutable> {
  if (compiled.target !== 'wgsl') {
    throw new KernelCompileError(
      `${compiled.kernel} was compiled for ${compiled.target}; a WebGPU device runs wgsl`,
      compiled.source,
    )
  }
  const module = await shaderModule(device, compiled.kernel, compiled.source)
  const pipelines = await Promise.all(
    compiled.launches.map(async launch => [launch.entry, await pipeline(device, compiled, module, launch)] as const),
  )
  return { compiled, pipelines: new Map(pipelines) }
}

/**
 * The layout is explicit and not derived from the shader. A derived layout omits bindings that the entry point does not use, so bind groups
 * would depend on what the compiler removed.
 */
async function pipeline(
  device: GPUDevice,
  compiled: CompiledKernel,
  module: GPUShaderModule,
  launch: Launch,
): Promise<Pipeline> {
  const arrays = compiled.arrays.filter(array => launch.arrays.includes(array.name))
  const entry = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: COMPUTE_STAGE,
    buffer: { type },
  })
  const what = `pipeline of ${compiled.kernel}/${launch.entry}`
  const { bindings, layout } = await withErrorScopes(device, `layout of the ${what}`, () => {
    const bindings = device.createBindGroupLayout({
      entries: [
        ...arrays.map(array => entry(array.binding, array.access === 'read' ? 'read-only-storage' : 'storage')),
        entry(uniformBinding(compiled), 'uniform'),
      ],
    })
    return { bindings, layout: device.createPipelineLayout({ bindGroupLayouts: [bindings] }) }
  })
  const compute = { module, entryPoint: launch.entry }
  try {
    const handle = await pauseWhileWaiting(device.createComputePipelineAsync({ label: launch.entry, layout, compute }))
    return { handle, bindings, arrays }
  } catch (error) {
    throw new KernelCompileError(`The device refused the ${what}: ${messageOf(error)}`, compiled.source)
  }
}

/** The binding of the sizes, which follows those of the arrays. */
export function uniformBinding(compiled: CompiledKernel): number {
  return compiled.arrays.length
}
