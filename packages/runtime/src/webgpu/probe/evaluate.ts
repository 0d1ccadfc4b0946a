import { withErrorScopes } from '../error-scopes.ts'
import { allocate, download, release, type Segment, upload, type WebgpuBuffer } from '../memory.ts'
import { pauseWhileWaiting } from '../pause-while-waiting.ts'
import { shaderModule } from '../shader-module.ts'

const workgroupThreads = 64

export interface Probe {
  readonly name: string
  /** Storage arrays of words: `in0`, `in1`, … */
  readonly inputs: readonly Uint32Array<ArrayBuffer>[]
  /** The number of invocations: `i` is from 0 to `count` − 1. */
  readonly count: number
  /** The number of words of the output, `out`. */
  readonly outputs: number
  /** Statements that run for each `i`. */
  readonly body: string
  /** WGSL before the bindings: `enable` directives. */
  readonly directives?: string
  /** WGSL before the entry point: functions. */
  readonly declarations?: string
  /** Additional parameters of the entry point. */
  readonly builtins?: string
  /** Statements in uniform control flow, before those of `body`. */
  readonly uniform?: string
}

/** Runs a small shader and returns the words of `out`. */
export async function evaluate(device: GPUDevice, probe: Probe): Promise<Uint32Array> {
  const { name, inputs, count, outputs } = probe
  const source = `${probe.directives ?? ''}
${inputs.map((_, index) => `@group(0) @binding(${index}) var<storage, read> in${index}: array<u32>;`).join('\n')}
@group(0) @binding(${inputs.length}) var<storage, read_write> out: array<u32>;
${probe.declarations ?? ''}
@compute @workgroup_size(${workgroupThreads})
fn probe(@builtin(global_invocation_id) id: vec3u${probe.builtins === undefined ? '' : `, ${probe.builtins}`}) {
  let i = id.x;
  ${probe.uniform ?? ''}
  if (i < ${count}u) {
    ${probe.body}
  }
}
`
  const module = await shaderModule(device, name, source)
  const pipeline = await pauseWhileWaiting(device.createComputePipelineAsync({ layout: 'auto', compute: { module } }))
  const buffers: WebgpuBuffer[] = []
  try {
    for (const input of inputs) {
      const buffer = await allocate(device, input.byteLength)
      buffers.push(buffer)
      await upload(device, buffer, new Uint8Array(input.buffer), 0)
    }
    const output = await allocate(device, outputs * 4)
    buffers.push(output)
    await withErrorScopes(device, `probe of ${name}`, () => {
      const layout = pipeline.getBindGroupLayout(0)
      const entries = buffers.map(({ segments: [whole] }, binding) => ({
        binding,
        resource: { buffer: (whole as Segment).handle },
      }))
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, device.createBindGroup({ layout, entries }))
      pass.dispatchWorkgroups(Math.ceil(count / workgroupThreads))
      pass.end()
      device.queue.submit([encoder.finish()])
    })
    const bytes = await download(device, output, 0, outputs * 4)
    return new Uint32Array(bytes.buffer)
  } finally {
    for (const buffer of buffers) release(buffer)
  }
}
