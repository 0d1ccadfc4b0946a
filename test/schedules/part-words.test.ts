/** Groups of codes that do not fill whole words work under every named schedule, and under authors' schedules, on both targets. */
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { abs, f16, f32, i4, i8, kernel, max, type StorageType, u2, u3, u8 } from '@qernel/dsl'
import { findSchedule, namedSchedules } from '@qernel/schedule'
import { checkSchedule } from '@qernel/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'
import { openDevices } from '../devices.ts'

vi.setConfig({ testTimeout: 60_000 })

const { present } = await openDevices()
const hosts = hasHostCompiler ? [(await openHostCuda()).device] : []
const devices = [...present.map(({ device }) => device), ...hosts]
afterAll(() => Promise.all(devices.map(device => device.close())))

const grouped = (codes: StorageType, length: number, axes: 1 | 2 | 3) =>
  kernel(`${codes.name}_in_groups_of_${length}`, ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const groups = D.groups(length)
    const shape = { t: T, h: 3, k: 2 }
    const outer = Object.entries(shape).slice(0, axes) as [string, typeof T | number][]
    const dims = outer.map(([, dim]) => dim)
    const x = input('x', f32, [...dims, D])
    const scale = output('scale', f16, { ...Object.fromEntries(outer), g: groups.count }, (...at) =>
      max({ e: groups.at(at.at(-1) as never) }, e => abs(x(...at.slice(0, -1), e))).div(3),
    )
    output('q', codes, { ...Object.fromEntries(outer), d: groups }, (...at) => {
      const d = at.at(-1) as (typeof at)[number]
      return x(...at)
        .div(scale(...at.slice(0, -1), d.group))
        .round()
    })
  })

const cases = [
  { codes: u3, length: 5 },
  { codes: u3, length: 8 },
  { codes: u3, length: 24 },
  { codes: u3, length: 80 },
  { codes: i4, length: 5 },
  { codes: i4, length: 12 },
  { codes: u2, length: 40 },
  { codes: i8, length: 5 },
  { codes: i8, length: 6 },
  { codes: f16, length: 5 },
  // More threads than a workgroup has, with one element each.
  { codes: u3, length: 33 },
  { codes: u8, length: 5, axes: 2 },
  { codes: i4, length: 12, axes: 3 },
] as const

test.each(cases)('$codes.name in groups of $length', async one => {
  const definition = grouped(one.codes, one.length, 'axes' in one ? one.axes : 1)
  for (const { steps } of namedSchedules)
    for (const target of [wgsl, cuda])
      expect(target.compile(definition, steps({ kernel: definition })).launches).toHaveLength(2)
  const naive = findSchedule('naive')?.steps({ kernel: definition }) ?? []
  const seed = Number(process.env.QERNEL_SEED)
  expect(await checkSchedule(definition, naive, { cases: 4, compose: false, seed })).toMatchObject({ simulated: 4 })
})

/** Collected in shared memory, in the registers of a thread, and after a tile. */
const written = [
  'bind(t=grid.y,d_group=grid.x,d=block.x,stage=q)',
  'split(loop=t,by=8,inner=row,stage=q) bind(t=grid.x,row=block.x,stage=q)',
  'tile(t=4,d=24,stage=q)',
]
test.each(written)('24 codes of 3 bits under %s, simulated and on devices', async steps => {
  const definition = grouped(u3, 24, 1)
  await checkSchedule(definition, steps, { cases: 4, compose: false, devices, seed: Number(process.env.QERNEL_SEED) })
})
