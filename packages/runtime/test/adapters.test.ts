import { listAdapters, openDevice } from '@qernel/runtime'
import { expect, test } from 'vitest'

test.each(['swiftshader', 'SwiftShader'])('an adapter is found by a part of its name: %s', async adapter => {
  const device = await openDevice({ adapter })
  expect(device).toMatchObject({ kind: 'webgpu', name: 'SwiftShader Device (Subzero)', isSoftware: true })
  await device.close()
})

test('an adapter is found by its kind', async () => {
  const device = await openDevice({ adapter: 'software' })
  expect(device.isSoftware).toBe(true)
  await device.close()
})

test('the device says why its adapter was chosen', async () => {
  const device = await openDevice({ adapter: 'subzero' })
  expect(device.chosenBecause).toBe('its name contains "subzero"')
  await device.close()
})

test('adapters are listed', async () => {
  expect(await listAdapters()).toContainEqual({
    name: 'SwiftShader Device (Subzero)',
    driver: expect.stringContaining('SwiftShader'),
    vendor: 'google',
    isSoftware: true,
    from: 'software package',
  })
})

test('an unknown name is refused with the adapters that exist', async () => {
  await expect(openDevice({ adapter: 'voodoo2' })).rejects.toThrow(
    /No WebGPU adapter has a name that contains "voodoo2": found only .*SwiftShader Device \(Subzero\)/,
  )
})

test('opening a device leaves the environment unchanged', async () => {
  const before = { ...process.env }
  const device = await openDevice({ adapter: 'software' })
  await device.close()
  expect(process.env).toEqual(before)
})
