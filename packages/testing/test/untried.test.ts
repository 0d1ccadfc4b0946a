/** Cases that a search could not try are counted with the reason. */

import { int8PerChannelQuantize } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { triesEnough } from '../src/internal.ts'
import { search } from '../src/search.ts'
import { type Machine, simulatedMachines, tooLong } from '../src/trial/machine.ts'

const [first] = simulatedMachines as [Machine]
let programs = 0
/** Every second program is too long for this device. */
const device: Machine = {
  ...first,
  name: 'a device',
  load: program => (programs++ % 2 === 0 ? Promise.resolve(undefined) : first.load(program)),
}
/** A target that refuses everything. */
const refusing: Machine = {
  ...first,
  target: { ...first.target, limits: { ...first.target.limits, workgroupThreads: 1 } },
}

const searching = (devices: readonly Machine[], simulated: readonly Machine[]) =>
  search({
    make: () => ({
      kernel: int8PerChannelQuantize(),
      steps: parseSteps('tile(t=2,d=2)'),
      fixed: {},
      cases: [{ sizes: { T: 3, D: 3 }, values: 'uniform', seed: 1 }],
      machine: 0,
    }),
    cases: 6,
    casesOfOneProgram: 1,
    seed: 1,
    devices,
    simulated,
  })

test('cases that a device skips are counted with the reason', async () => {
  const report = await searching([device], simulatedMachines)
  expect(report).toMatchObject({ cases: 6, simulated: 6, ran: { 'a device': 3 } })
  expect(report.untried).toEqual([{ where: 'a device', why: tooLong, cases: 3 }])
  expect(triesEnough(report)).toBe(true)
})

test('if a simulated target refuses, the next one is tried; without another one, the cases are counted as untried', async () => {
  expect(await searching([], [refusing, first])).toMatchObject({ simulated: 6, refused: 0, untried: [] })
  const report = await searching([first], [refusing])
  expect(report).toMatchObject({ simulated: 0, untried: [{ where: 'simulated', cases: 6 }] })
  expect(triesEnough(report)).toBe(false)
})
