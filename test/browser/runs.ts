/** A page that runs kernels on the visitor's GPU. */
import { wgsl } from '@qernel/codegen-wgsl'
import { f32, interpretKernel } from '@qernel/dsl'
import { int8PerChannel } from '@qernel/kernels'
import { openGpuDevice, requiredOf, runKernel } from '@qernel/runtime/webgpu'
import { parseSteps } from '@qernel/schedule'

const { gpu } = (globalThis as { navigator?: { gpu?: GPU } }).navigator ?? {}

const exported = {
  async run(steps: string) {
    const adapter = await gpu?.requestAdapter()
    if (adapter === undefined || adapter === null) throw new Error('the page has no adapter')
    const handle = await adapter.requestDevice(requiredOf(adapter))
    const device = await openGpuDevice(handle)
    const kernel = int8PerChannel()
    const sizes = { T: 21, D: 36 }
    const values = Float32Array.from({ length: sizes.T * sizes.D }, (_, i) => Math.sin(i * i) * 10 ** ((i % 5) - 2))
    const inputs = new Map([['x', { type: f32, shape: [sizes.T, sizes.D], data: values }]])
    const executable = await device.load(wgsl.compile(kernel, parseSteps(steps), { target: device.target }))
    const { outputs, time } = await runKernel(device, executable, { inputs, sizes }, { timed: true, repeats: 3 })
    const expected = interpretKernel(kernel, inputs)
    await device.close()
    return {
      name: device.name,
      division: device.target.numerics.division,
      probed: device.profile.division.native.of,
      different: ['q', 'scale'].map(name => {
        const found = outputs.get(name)?.data ?? []
        return [...(expected.get(name)?.data ?? [])].filter((value, i) => !Object.is(value, found[i])).length
      }),
      compared: expected.get('q')?.data.length,
      samples: time?.samples.length,
      // The GPUDevice still belongs to its owner.
      isAlive: (await Promise.race([handle.lost, handle.queue.onSubmittedWorkDone()])) === undefined,
    }
  },
}
export type Exported = typeof exported
Object.assign(globalThis, { exported })
