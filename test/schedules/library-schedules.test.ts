/** Every schedule that was written for a kernel of the library, simulated. The named schedules are among the random ones. */
import { f16, f32, type StorageType } from '@qernel/dsl'
import { kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { printSteps } from '@qernel/schedule'
import { checkSchedule } from '@qernel/testing'
import { evaluateTrial, type Machine, simulatedMachines } from '@qernel/testing/internal'
import { expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 30_000 })

const target = { name: 'wgsl' } as const
const schedules = kernelLibrary.flatMap(({ name, define, schedules: own }) =>
  own.map(one => {
    const kernel = define()
    return { name, kernel, schedule: one.name, steps: one.steps({ kernel, target }) }
  }),
)

test.each(schedules)('$name, $schedule', async ({ kernel, steps }) => {
  const report = await checkSchedule(kernel, steps, { cases: 4, compose: false, seed: Number(process.env.QERNEL_SEED) })
  expect(report.simulated).toBeGreaterThan(0)
})

/** If a size is open but known to be a multiple, accesses are wide. Kernels that are left out share the schedules of others. */
const asks = ({ name }: LibraryKernel): boolean => !/_g(64|128)_|asymmetric|kivi|onnx|lmdeploy_u8/.test(name)
const rows = { D: 32, C: 32 }
const cases: readonly (readonly [Readonly<Record<string, number>>, StorageType])[] = [
  [rows, f32],
  [rows, f16],
  [{ D: 1024, C: 1024, T: 8 }, f32],
]
const wide = kernelLibrary.filter(asks).flatMap(({ name, define, schedules: own }) => {
  const tried = new Set(own.map(one => printSteps(one.steps({ kernel: define(), target }))))
  // Several rows per thread are tried in one family.
  const known = cases.filter(([{ T }]) => T === undefined || name.startsWith('int8_'))
  return known.flatMap(([multiples, element]) =>
    own.flatMap(one => {
      const kernel = define(element)
      const steps = one.steps({ kernel, target, multiples: new Map(Object.entries(multiples)) })
      const text = printSteps(steps)
      if (tried.has(text)) return []
      tried.add(text)
      return [{ title: `${name}/${element.name}, multiples of ${multiples.D}`, kernel, steps }]
    }),
  )
})

test.each(wide)('$title', async ({ kernel, steps }) => {
  expect(printSteps(steps)).toMatch(/=assume[,)]/)
  const report = await checkSchedule(kernel, steps, {
    cases: 3,
    compose: false,
    seed: Number(process.env.QERNEL_SEED),
  })
  expect(report.simulated).toBeGreaterThan(0)
})

const fixedRows = ['int8_per_channel_scale', 'int8_per_channel_quantize', 'int8_per_channel_dequantize'].flatMap(name =>
  [64, 100, 192].map(D => ({ name, D })),
)

test.each(fixedRows)('$name, $D channels and any tokens', async ({ name, D }) => {
  const { define, schedules: own } = kernelLibrary.find(each => each.name === name) as LibraryKernel
  const kernel = define(f16)
  const steps = own[0]?.steps({ kernel, target, fixed: new Map([['D', D]]) }) ?? []
  const seed = Number(process.env.QERNEL_SEED)
  const report = await checkSchedule(kernel, steps, { cases: 3, compose: false, fixed: { D }, seed })
  expect(report.simulated).toBeGreaterThan(0)
})

/** 0 is a legal value of every size, even at compile time: a schedule that depends on the size must still apply. */
const emptied = kernelLibrary.flatMap(({ name, define, schedules: own }) =>
  own.flatMap(one =>
    define().sizes.map(({ name: size }) => ({ title: `${name}, ${one.name}, ${size} fixed to 0`, define, one, size })),
  ),
)

test.each(emptied)('$title', async ({ define, one, size }) => {
  const kernel = define()
  const sizes = Object.fromEntries(
    kernel.sizes.map(({ name, facts }) => [name, name === size ? 0 : 3 * (facts.multipleOf ?? 1)]),
  )
  const outcomes = (['wgsl', 'cuda'] as const).map(name => {
    const steps = one.steps({ kernel, target: { name }, fixed: new Map([[size, 0]]) })
    const machine = simulatedMachines.findIndex(({ target: { name: own } }) => own === name)
    const trial = {
      kernel,
      steps,
      fixed: { [size]: 0 },
      cases: [{ sizes, values: 'uniform', seed: 1 }],
      machine,
    } as const
    return evaluateTrial(trial, simulatedMachines[machine] as Machine)
  })
  expect(await Promise.all(outcomes)).toEqual([{ kind: 'right' }, { kind: 'right' }])
})
