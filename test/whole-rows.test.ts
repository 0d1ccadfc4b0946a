/**
 * The best schedules of the INT8 kernels for rows of known length that come in known multiples: what is measured on a GPU, on the devices that are here.
 * They read 16 bytes a lane without a guard, several rows a thread, and fold columns by rows of threads.
 */
import { compileFor } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16, f32, interpretKernel, type StorageType } from '@qernel/dsl'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { disagreements, flushDenormals, randomInputs } from '@qernel/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from './cuda-host/host-cuda.ts'

const software = await openDevice({ adapter: 'software' })
const devices: [string, Device][] = [
  ['WGSL', software],
  ...(hasHostCompiler ? [['CUDA on the CPU', (await openHostCuda()).device] as [string, Device]] : []),
]
afterAll(() => Promise.all(devices.map(([, device]) => device.close())))
test.skipIf(hasHostCompiler)('generated CUDA is not executed here: there is no g++', () => undefined)

/** Rows, and what the schedule has to contain to be the one that is meant. */
const cases: readonly (readonly [name: string, StorageType, D: number, T: number, step: string])[] = [
  ['int8_per_channel_quantize', f32, 1024, 16, 'predicate(t=assume)'],
  ['int8_per_channel_quantize', f16, 1024, 16, 'predicate(t=assume)'],
  ['int8_per_channel_dequantize', f32, 512, 8, 'vectorize(d=4)'],
  ['int8_per_channel_dequantize', f16, 1024, 8, 'vectorize(d=8)'],
  ['int8_per_channel_scale', f32, 128, 2048, 'bind(lane=block.y)'],
  ['int8_per_channel_scale', f16, 256, 2048, 'bind(lane=block.y)'],
  ['int8_per_channel_scale', f32, 2048, 1024, 'predicate(t=assume)'],
  ['int8_per_token', f32, 1024, 16, 'predicate(t=assume)'],
  ['int8_per_token', f16, 4096, 8, 'predicate(t=assume)'],
]

describe.each(devices)('%s', (_, device) => {
  test.each(cases.map(one => [one[0], one[1].name, one[2], one[3], one] as const))(
    '%s, %s, rows of %i, %i of them',
    async (_name, _type, _D, _T, [name, element, D, T, step]) => {
      const library = findKernel(name) as LibraryKernel
      const kernel = library.define(element)
      const fixed = new Map([['D', D]])
      const { target } = device
      const best = library.schedules.find(schedule => schedule.name === 'best')
      const steps = best?.steps({
        name: target.name,
        subgroups: target.subgroup !== undefined,
        fixed,
        multiples: new Map([['T', T]]),
        elementBits: element.bits,
      })
      expect(steps).toContain(step)
      const backEnd = target.name === 'cuda' ? cuda : wgsl
      const compiled = compileFor(backEnd, kernel, parseSteps(steps as string), { T }, { target, fixed })
      const executable = await device.load(compiled)
      const sizes = new Map([...fixed, ['T', T] as const])
      for (const values of T * D > 1e6 ? (['mixed'] as const) : (['mixed', 'saturation'] as const)) {
        const inputs = randomInputs(kernel, sizes, values, D)
        const { outputs } = await runKernel(device, executable, { inputs, sizes: { T } })
        const flushed = interpretKernel(kernel, flushDenormals(inputs), sizes)
        expect(disagreements(interpretKernel(kernel, inputs, sizes), outputs, device.profile, flushed)).toEqual([])
      }
    },
  )
})
