import { setImmediate } from 'node:timers/promises'
import { kernelLibrary } from '@qernel/kernels'
import { fuzz } from '@qernel/testing'
import { expect, test } from 'vitest'

test('a search without a device lets timers run, so a signal can stop it', async () => {
  let stopped = false
  setTimeout(() => {
    stopped = true
  }, 300)
  const shouldStop = async (): Promise<boolean> => {
    await setImmediate()
    return stopped
  }
  const kernels = kernelLibrary.slice(0, 2).map(({ define }) => define())
  const { cases } = await fuzz({ kernels, cases: 1e9, seed: 1, shouldStop })
  expect(cases).toBeGreaterThan(0)
})
