import { openDevice, runKernel } from '@qernel/runtime'
import { expect, test } from 'vitest'
import { scaleArguments, scaleKernel } from './scale-kernel.ts'

test('a closed device says that it was closed', async () => {
  const device = await openDevice()
  await device.close()
  expect(await device.lost).toMatchObject({ name: 'DeviceLostError', reason: 'closed' })
  await expect(device.load(scaleKernel())).rejects.toThrow(`The device ${device.name} was closed`)
})

test('closing during a run ends the run with an error', async () => {
  const device = await openDevice()
  const executable = await device.load(scaleKernel())
  const run = runKernel(device, executable, scaleArguments(1000, 64), { repeats: 50 })
  const outcome = expect(run).rejects.toThrow('was closed')
  await new Promise(resolve => setTimeout(resolve, 2))
  await device.close()
  await outcome
})

test('a device can be opened and closed many times', async () => {
  for (let time = 0; time < 5; time++) {
    const device = await openDevice()
    const { outputs } = await runKernel(device, await device.load(scaleKernel()), scaleArguments(2, 3))
    expect([...(outputs.get('y')?.data ?? [])]).toEqual([0, 2, 4, 6, 8, 10])
    await device.close()
  }
})

test('a kernel that was unloaded is compiled again', async () => {
  const device = await openDevice()
  const first = await device.load(scaleKernel())
  device.unload(first)
  const second = await device.load(scaleKernel())
  expect(second).not.toBe(first)
  const { outputs } = await runKernel(device, second, scaleArguments(2, 3))
  expect([...(outputs.get('y')?.data ?? [])]).toEqual([0, 2, 4, 6, 8, 10])
  await device.close()
  device.unload(second)
})

test('a buffer of one device is refused by another', async () => {
  const [one, two] = await Promise.all([openDevice(), openDevice()])
  const buffer = await one.allocate(16)
  await expect(two.download(buffer)).rejects.toThrow('A buffer of another device')
  await Promise.all([one.close(), two.close()])
})

test('closing twice is allowed', async () => {
  const device = await openDevice()
  await Promise.all([device.close(), device.close()])
})
