/**
 * The best schedules of the INT8 kernels for rows of known length that come in known multiples: those measured on a GPU, run on the available devices.
 * They read 16 bytes per lane without a guard, several rows per thread, and fold columns by rows of threads. Those for rows of which only a divisor
 * is known read as wide.
 */
import { disagreements, freedomOf } from '@qernel/acceptance'
import { compileFor } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16, f32, type StorageType } from '@qernel/dsl'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { printSteps } from '@qernel/schedule'
import { randomInputs } from '@qernel/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'

const software = await openDevice({ adapter: 'software' })
const devices: [string, Device][] = [
  ['WGSL', software],
  ...(hasHostCompiler ? [['CUDA on the CPU', (await openHostCuda()).device] as [string, Device]] : []),
]
afterAll(() => Promise.all(devices.map(([, device]) => device.close())))
test.skipIf(hasHostCompiler)('generated CUDA is not executed here: there is no g++', () => undefined)

/** `isOpen`: the length of rows is no constant of the code, and its divisor is known. `step`: what makes the schedule the one that is meant. */
interface Case {
  readonly name: string
  readonly element: StorageType
  readonly D: number
  readonly T: number
  readonly step: string
  readonly isOpen?: true
}

const cases: readonly Case[] = [
  { name: 'int8_per_channel_quantize', element: f32, D: 1024, T: 16, step: 'predicate(t=assume)' },
  { name: 'int8_per_channel_quantize', element: f16, D: 1024, T: 16, step: 'predicate(t=assume)' },
  { name: 'int8_per_channel_dequantize', element: f32, D: 512, T: 8, step: 'vectorize(d=4)' },
  { name: 'int8_per_channel_dequantize', element: f16, D: 1024, T: 8, step: 'vectorize(d=8)' },
  { name: 'int8_per_channel_scale', element: f32, D: 128, T: 2048, step: 'bind(lane=block.y)' },
  { name: 'int8_per_channel_scale', element: f16, D: 256, T: 2048, step: 'bind(lane=block.y)' },
  { name: 'int8_per_channel_scale', element: f32, D: 2048, T: 1024, step: 'predicate(t=assume)' },
  // More than two parts of the rows, some of which are peeled off.
  { name: 'int8_per_channel_scale', element: f32, D: 36, T: 2171, step: 'predicate(t=peel)', isOpen: true },
  { name: 'int8_per_token', element: f32, D: 1024, T: 16, step: 'predicate(t=assume)' },
  { name: 'int8_per_token', element: f16, D: 4096, T: 8, step: 'vectorize(d=8)' },
]
const titled = cases.map(one => {
  const rows = `${one.isOpen ? 'open ' : ''}rows of ${one.D}`
  return { ...one, title: `${one.name}, ${one.element.name}, ${rows}, ${one.T} of them` }
})

describe.each(devices)('%s', (_, device) => {
  test.each(titled)('$title', async ({ name, element, D, T, step, isOpen }) => {
    const library = findKernel(name) as LibraryKernel
    const kernel = library.define(element)
    const sizes = new Map([
      ['D', D],
      ['T', T],
    ])
    const fixed = new Map(isOpen ? [] : [['D', D]])
    const { target } = device
    const best = library.schedules.find(schedule => schedule.name === 'best')
    const steps = best?.steps({ kernel, target, fixed, multiples: sizes }) ?? []
    expect(printSteps(steps)).toContain(step)
    const backEnd = target.name === 'cuda' ? cuda : wgsl
    const launched = isOpen ? { T, D } : { T }
    const compiled = compileFor(backEnd, kernel, steps, launched, { target, fixed })
    const executable = await device.load(compiled)
    for (const values of T * D > 1e6 ? (['mixed'] as const) : (['mixed', 'saturation'] as const)) {
      const inputs = randomInputs(kernel, sizes, values, D)
      const { outputs } = await runKernel(device, executable, { inputs, sizes: launched })
      expect(disagreements({ kernel, inputs, sizes }, outputs, freedomOf(device))).toEqual([])
    }
  })
})
