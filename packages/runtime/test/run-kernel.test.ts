import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { counting, scaleArguments, scaleKernel } from './scale-kernel.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice()
})
afterAll(() => device.close())

const doubled = (T: number, D: number) => counting(T, D).data.map(value => value * 2)

describe('the results of a kernel', () => {
  test.each([
    [1, 1],
    [3, 5],
    [1000, 64],
  ])('have %i × %i elements with the right values', async (T, D) => {
    const executable = await device.load(scaleKernel())
    const { outputs, time } = await runKernel(device, executable, scaleArguments(T, D))
    expect(outputs.get('y')).toEqual({ ...counting(T, D), data: doubled(T, D) })
    expect(time).toBeUndefined()
  })

  test.each([
    [0, 5],
    [3, 0],
    [0, 0],
  ])('are empty for %i × %i, without an error', async (T, D) => {
    const executable = await device.load(scaleKernel())
    const { outputs, time } = await runKernel(device, executable, scaleArguments(T, D), { timed: true })
    expect(outputs.get('y')).toEqual({ ...counting(T, D), data: new Float32Array(0) })
    if (T === 0) expect(time).toBeUndefined()
  })
})

describe('a kernel may not', () => {
  const run = async (body: string, T = 4, D = 8) =>
    runKernel(device, await device.load(scaleKernel(body)), scaleArguments(T, D))

  test('write past the end', async () => {
    await expect(run('if (id.x <= count) { y[id.x] = 1; }')).rejects.toThrow(
      'The kernel wrote past the end of y [4, 8]: byte 128 of 128 changed',
    )
  })

  test('leave out an element', async () => {
    await expect(run('if (id.x < count && id.x % 8 != 3) { y[id.x] = 1; }')).rejects.toThrow(
      'scale left 4 of the 32 words of y unwritten, the first at row 0, column 3',
    )
  })

  test('write nothing', async () => {
    await expect(run('if (id.x > 4000000000) { y[id.x] = x[id.x]; }')).rejects.toThrow(
      'scale did not run: nothing was written to y',
    )
  })

  test('but may compute a value that looks like poison', async () => {
    const { outputs } = await run('if (id.x < count) { y[id.x] = bitcast<f32>(0xffd5ffd5u + sizes.zero); }')
    expect(new Uint32Array(outputs.get('y')?.data.buffer as ArrayBuffer)).toEqual(new Uint32Array(32).fill(0xffd5ffd5))
  })
})

describe('refuses', () => {
  const run = async (inputs: Map<string, ReturnType<typeof counting>>) =>
    runKernel(device, await device.load(scaleKernel()), { inputs, sizes: { T: 2, D: 3 } })

  test('a missing input', () => expect(run(new Map())).rejects.toThrow('Input x is missing'))
  test('an unknown input', () =>
    expect(run(new Map([['w', counting(2, 3)]]))).rejects.toThrow('There is no input w; the inputs are x'))
  test('an input of the wrong shape', () =>
    expect(run(new Map([['x', counting(3, 3)]]))).rejects.toThrow('Input x is f32 [3, 3]; these sizes need f32 [2, 3]'))
})

describe('time', () => {
  test('is measured by GPU timestamps', async () => {
    const executable = await device.load(scaleKernel())
    const { time } = await runKernel(device, executable, scaleArguments(100, 64), {
      warmup: 2,
      repeats: 9,
      timed: true,
    })
    expect(time?.clock).toBe('gpu timestamps')
    expect(time?.samples).toHaveLength(9)
    expect(time?.samples.every(sample => sample > 0)).toBe(true)
    expect(time?.p20).toBeLessThanOrEqual(time?.medianMs as number)
    expect(time?.medianMs).toBeLessThanOrEqual(time?.p80 as number)
  })

  test('is an error for a kernel that writes nothing', async () => {
    const executable = await device.load(scaleKernel('if (id.x > 4000000000) { y[id.x] = x[id.x]; }'))
    await expect(runKernel(device, executable, scaleArguments(4, 8), { timed: true })).rejects.toThrow('did not run')
  })
})
