import { expect, test } from 'vitest'
import { pauseWhileWaiting } from '../src/webgpu/pause-while-waiting.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))
const later = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds))

test('the event loop turns at most once per millisecond while something is awaited, and without pauses afterwards', async () => {
  let isOver = false
  let turns = 0
  const began = performance.now()
  const waits = Promise.all([pauseWhileWaiting(later(100)), pauseWhileWaiting(later(50))]).then(() => (isOver = true))
  while (!isOver) {
    await turn()
    turns++
  }
  await waits
  expect(turns).toBeLessThan(performance.now() - began + 10)

  const afterwards = performance.now()
  for (let time = 0; time < 2000; time++) await turn()
  expect(performance.now() - afterwards).toBeLessThan(2000)
})

test('the awaited value or its error is passed on', async () => {
  expect(await pauseWhileWaiting(Promise.resolve(7))).toBe(7)
  await expect(pauseWhileWaiting(Promise.reject(new Error('refused')))).rejects.toThrow('refused')
})
