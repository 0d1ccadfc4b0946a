import { f32, kernel, sum } from '@qernel/dsl'
import { type Device, type DeviceBuffer, openDevice } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fillInput } from '../src/arrays/data.ts'
import { verifyRows } from '../src/arrays/verify-rows.ts'
import { allocate, free, load } from '../src/load-kernel.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** Results depend on all rows of their own head: too many to interpret all. */
const sums = kernel('sums_of_heads', ({ size, input, output }) => {
  const [K, T, D] = [size('K'), size('T'), size('D')]
  const x = input('x', f32, [K, T, D])
  output('y', f32, { h: K, d: D }, (h, d) => sum({ t: T }, t => x(h, t, d)))
})
const sizes = new Map(Object.entries({ K: 3, T: 1100, D: 128 }))
const steps = parseSteps(
  'splitReduction(t=4,combine=shared,inner=lane,reassociate=true) bind(h=grid.y,d=grid.x,lane=block.x)',
)

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

/** Checks the results after a number was added to the element of a head. */
async function checksAfter(head: number, added: number) {
  const { executable, plan } = await load(device, sums, steps, sizes, 'T')
  const buffers = await allocate(device, plan.arrays)
  const of = (name: string) => buffers.get(name) as DeviceBuffer
  try {
    for (const array of plan.arrays.filter(({ parameter }) => parameter.role === 'input'))
      await fillInput(device, array, of(array.parameter.name), 'data', 1)
    await device.launch(executable, plan, buffers)
    const results = new Float32Array((await device.download(of('y'), 0, 3 * 128 * 4)).slice().buffer)
    const expected = await allocate(device, plan.arrays)
    await device.upload(expected.get('y') as DeviceBuffer, new Uint8Array(results.slice().buffer))
    results[128 * head + 77] = (results[128 * head + 77] as number) + added
    await device.upload(of('y'), new Uint8Array(results.buffer))
    const fixed = new Map([...sizes].filter(([name]) => name !== 'T'))
    const checks = await verifyRows(device, sums, plan, buffers, 'T', { steps, fixed }, expected)
    free(device, expected)
    return checks.map(({ what, different }) => ({ what, different }))
  } finally {
    free(device, buffers)
    device.unload(executable)
  }
}

test('elements of the first and of the last head are interpreted if a result depends on too many rows', async () => {
  const right = { what: 'single elements', different: 0 }
  expect(await checksAfter(0, 0)).toEqual([right, right])
  expect(await checksAfter(0, 1)).toEqual([{ ...right, different: 1 }, right])
  expect(await checksAfter(2, 1)).toEqual([right, { ...right, different: 1 }])
})
