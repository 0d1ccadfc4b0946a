/**
 * The conformance suite: every kernel of the INT8 family, in every element type and schedule, on every device, against the interpreter of the
 * definition. Results are compared bit for bit; the runtime poisons outputs and surrounds them with red zones.
 */
import { disagreements, freedomOf } from '@qernel/acceptance'
import { LaunchError } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel, StorageType } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { type Device, type Executable, runKernel } from '@qernel/runtime'
import { namedSchedules } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDevices } from '../devices.ts'
import { inputsOf, type ValueClass, valueClasses } from '../int8-inputs.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

interface Subject {
  readonly kernel: Kernel
  readonly element: StorageType
}
const subjects = kernelLibrary
  // The scales alone are the first stage of int8_per_channel.
  .filter(({ name }) => name.startsWith('int8_per_channel') && name !== 'int8_per_channel_scale')
  .flatMap(({ name, define, element }) =>
    element.types.map(type => ({ kernel: define(type), element: type, title: `${name}, ${type.name}` })),
  )

type Shape = readonly [T: number, D: number]
/** One element, primes, no rows, no columns, and one element less or more than tiles of 16 × 16 and 16 × 64. */
const anyShapes: readonly Shape[] = [
  [1, 1],
  [7, 13],
  [0, 5],
  [5, 0],
  [15, 17],
  [17, 15],
  [16, 16],
  [15, 65],
  [17, 63],
  [31, 64],
]
/** The same with rows of whole vectors. */
const vectorShapes: readonly Shape[] = [
  [1, 4],
  [7, 12],
  [0, 4],
  [5, 0],
  [15, 68],
  [17, 60],
  [16, 64],
  [31, 124],
]

const { present, absent } = await openDevices()
afterAll(() => Promise.all(present.map(({ device }) => device.close())))
test.skip.each(absent)('$adapter is not installed here', () => undefined)

describe.each(present)('on $adapter', ({ device }) => {
  describe.each(subjects)('$title', ({ kernel, element }) => {
    describe.each(namedSchedules)('$name', ({ name, steps }) => {
      const wholeVectors = name === 'vectorized'
      let executable: Executable
      beforeAll(async () => {
        executable = await device.load(wgsl.compile(kernel, steps({ kernel }), { target: device.target }))
      })

      test.each(wholeVectors ? vectorShapes : anyShapes)('%i × %i', async (T, D) => {
        expect(await wrong(device, executable, { kernel, element }, 'uniform', T, D)).toEqual([])
      })

      test.each(valueClasses)('%s', async values => {
        const [T, D]: Shape = wholeVectors ? [19, 76] : [19, 67]
        expect(await wrong(device, executable, { kernel, element }, values, T, D)).toEqual([])
      })

      if (!wholeVectors) return
      test('rows that are not whole vectors are refused before anything runs', async () => {
        const inputs = inputsOf(kernel.name, 'uniform', element, 3, 6)
        const run = runKernel(device, executable, { inputs, sizes: { T: 3, D: 6 } })
        await expect(run).rejects.toThrow(LaunchError)
        await expect(run).rejects.toThrow('D = 6 must be a multiple of 4 (assumed by predicate(d=assume))')
      })
    })
  })
})

/** The elements that differ from the definition. */
async function wrong(
  device: Device,
  executable: Executable,
  { kernel, element }: Subject,
  values: ValueClass,
  T: number,
  D: number,
) {
  const inputs = inputsOf(kernel.name, values, element, T, D)
  const { outputs } = await runKernel(device, executable, { inputs, sizes: { T, D } })
  return disagreements({ kernel, inputs }, outputs, freedomOf(device))
}
