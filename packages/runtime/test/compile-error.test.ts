import { type Device, openDevice } from '@qernel/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scaleKernel } from './scale-kernel.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice()
})
afterAll(() => device.close())

test('a compile error quotes the line and points at the place', async () => {
  const error = await device.load(scaleKernel('y[id.x] = x[id.x] * scales;')).catch((error: Error) => error.message)
  expect(error).toMatchInlineSnapshot(`
    "The WGSL of scale does not compile:
    8 |   y[id.x] = x[id.x] * scales;
                              ^^^^^^ unresolved value 'scales'"
  `)
})

test('an unknown entry point is named', async () => {
  const kernel = scaleKernel()
  const launches = kernel.launches.map(launch => ({ ...launch, entry: 'absent' }))
  await expect(device.load({ ...kernel, launches })).rejects.toThrow('The device refused the pipeline of scale/absent')
})

test('source for another target is refused', async () => {
  await expect(device.load({ ...scaleKernel(), target: 'cuda' })).rejects.toThrow(
    'scale was compiled for cuda; a WebGPU device runs wgsl',
  )
})

test('the same kernel is compiled only once', async () => {
  expect(await device.load(scaleKernel())).toBe(await device.load(scaleKernel()))
})
