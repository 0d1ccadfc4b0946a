import { type Device, openDevice } from '@qernel/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'

let device: Device
beforeAll(async () => {
  device = await openDevice()
})
afterAll(() => device.close())

test('bytes survive a round trip, even in chunks', async () => {
  const bytes = new Uint8Array(new Uint32Array((70 * 2 ** 20) / 4).map((_, index) => index * 31).buffer)
  const buffer = await device.allocate(bytes.length)
  await device.upload(buffer, bytes)
  expect(Buffer.compare(await device.download(buffer), bytes)).toBe(0)
  device.free(buffer)
})

test('a part of a buffer can be written and read', async () => {
  const buffer = await device.allocate(64)
  await device.upload(buffer, Uint8Array.of(1, 2, 3, 4, 5), 8)
  expect([...(await device.download(buffer, 4, 12))]).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0])
})

test('fill writes every word', async () => {
  const buffer = await device.allocate(20)
  await device.fill(buffer, 0xdeadbeef)
  expect([...new Uint32Array((await device.download(buffer)).buffer)]).toEqual(Array(5).fill(0xdeadbeef))
  await device.fill(buffer, 0)
  expect([...new Uint32Array((await device.download(buffer)).buffer)]).toEqual(Array(5).fill(0))
})

test('an empty array has memory that can be bound', async () => {
  expect((await device.allocate(0)).byteLength).toBe(16)
})

test('a copy past the end is refused', async () => {
  const buffer = await device.allocate(16)
  await expect(device.upload(buffer, new Uint8Array(20))).rejects.toThrow('Cannot write 20 bytes at byte 0 of 16')
  await expect(device.download(buffer, 8, 12)).rejects.toThrow('Cannot read 12 bytes at byte 8 of 16')
})

test('asking for too much memory is an error that leaves the device usable', async () => {
  await expect(device.allocate(2 ** 44)).rejects.toThrow('allocation of 17592186044416 bytes')
  await expect(device.allocate(1024)).resolves.toBeDefined()
})

test('a freed buffer is refused', async () => {
  const buffer = await device.allocate(16)
  device.free(buffer)
  await expect(device.download(buffer)).rejects.toThrow('one that has been freed')
})
