/** Prints the bodies of the methods of a launcher. */
import { roundUpTo } from '@qernel/dsl/internal'
import type { LauncherView } from './launcher-view.ts'

export interface RunText {
  readonly create: string
  readonly byteLengths: string
  readonly encode: string
  readonly destroy: string
}

/** @param hasChoice whether the module contains one WGSL source per division */
export function runText({ compiled, className, arrays }: LauncherView, hasChoice: boolean): RunText {
  const kernel = compiled.kernel
  return {
    create: `const module = device.createShaderModule({ label: '${kernel}', code: ${hasChoice ? 'sources[division]' : 'source'} })
const pipelines = await Promise.all(launches.map(({ entry, arrays }) => {
  const layout = device.createBindGroupLayout({
    entries: [
      ...arrays.map(name => ({
        binding: bindings[name].binding,
        visibility: GPUShaderStageCompute,
        buffer: { type: bindings[name].isRead ? 'read-only-storage' as const : 'storage' as const },
      })),
      { binding: ${arrays.length}, visibility: GPUShaderStageCompute, buffer: { type: 'uniform' as const } },
    ],
  })
  return device.createComputePipelineAsync({
    label: entry,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: entry },
  })
}))
return new ${className}(device, pipelines)`,
    byteLengths: `checkSizes(sizes)
return {
${arrays.map(({ name, sizeAlignment }) => `  ${name}: Math.max(16, roundUp(bytes.${name}(sizes), ${sizeAlignment})),`).join('\n')}
}`,
    encode: `const needed = ${className}.byteLengths(sizes)
const bound = {
${arrays.map(({ name }) => `  ${name}: boundBuffer('${name}', buffers.${name}, needed.${name}, this.device.limits),`).join('\n')}
}
for (const { arrays } of launches) for (const name of arrays) {
  const other = arrays.find(each => bound[each].buffer === bound[name].buffer && bindings[each].isRead !== bindings[name].isRead)
  if (other !== undefined) throw new RangeError(\`${kernel}: \${name} and \${other} share one buffer, but one of them is only read; WebGPU needs two buffers\`)
}
const dispatches = launches.flatMap((launch, position) => plan(launch, sizes, needed, this.device.limits)
  .map(part => ({ ...part, launch, pipeline: this.#pipelines[position] as GPUComputePipeline })))
const pass = encoder.beginComputePass({ label: '${kernel}' })
for (const { launch, pipeline, grid, sizes: own, ranges } of dispatches) {
  const entries: GPUBindGroupEntry[] = launch.arrays.map(name => {
    const { buffer, offset } = bound[name]
    const range = ranges[name] ?? { offset: 0, size: needed[name] }
    return { binding: bindings[name].binding, resource: { buffer, offset: offset + range.offset, size: range.size } }
  })
  entries.push({ binding: ${arrays.length}, resource: { buffer: this.#uniform(own) } })
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
  pass.dispatchWorkgroups(...grid)
}
pass.end()`,
    destroy: `for (const uniform of this.#uniforms.values()) uniform.destroy()
this.#uniforms.clear()`,
  }
}

/** The body that fills the uniform buffer: one word per size, then a 0, padded to a multiple of 16 bytes. */
export const uniformText = ({
  sizes,
  sizesType,
}: LauncherView): string => `const key = [${sizes.map(({ name }) => `sizes.${name}`).join(', ')}].join()
const known = this.#uniforms.get(key)
if (known !== undefined) return known
// Bounds the map, because sizes may change with every launch. A buffer that recorded commands still need stays alive without the map.
const oldest = this.#uniforms.keys().next()
if (this.#uniforms.size >= 256 && oldest.done !== true) this.#uniforms.delete(oldest.value)
const words = new Uint32Array(${roundUpTo(sizes.length + 1, 4)})
words.set([${sizes.map(({ name }) => `sizes.${name}`).join(', ')}])
const uniform = this.device.createBuffer({ label: '${sizesType}', size: words.byteLength, usage: GPUBufferUsageUniform | GPUBufferUsageCopyDst })
this.device.queue.writeBuffer(uniform, 0, words)
this.#uniforms.set(key, uniform)
return uniform`
