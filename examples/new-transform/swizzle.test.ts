/** Tests that an author writes: the schedule keeps the results, the loops change as intended, both languages, and the refusal. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { nestText, ScheduleRefusal, schedule, tile } from '@qernel/schedule'
import { checkSchedule } from '@qernel/testing'
import { expect, test } from 'vitest'
import { swizzle } from './swizzle.ts'

const kernel = int8PerChannelQuantize()
const swizzled = schedule(kernel).apply(tile({ t: 4, d: 16 }), swizzle({ rows: 2 }))

test('results stay the same, at any size, with any legal steps behind it', async () => {
  const report = await checkSchedule(kernel, swizzled.steps, { cases: 60, seed: 1 })
  expect(report.cases).toBeGreaterThanOrEqual(60)
})

test('rows of tiles are taken a few at a time', () => {
  expect(nestText(swizzled.nest)).toMatchInlineSnapshot(`
    "grid.z t in T/8
      grid.x t_few in 2
        grid.y d in D/16
          block.y t_in in 4
            block.x d_in in 16
              q[8·t + 4·t_few + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[8·t + 4·t_few + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 8·t + 4·t_few + t_in < T and 16·d + d_in < D"
  `)
})

/** The lines that the transform changed. */
const made = (source: string): string[] =>
  source.split('\n').filter(line => line.includes('// ') && !line.startsWith('//') && line.includes('swizzle(rows=2)'))

test('WGSL', () => {
  expect(made(wgsl.compile(kernel, swizzled.steps).source)).toMatchInlineSnapshot(`
    [
      "  let t = group.z * 8u + group.x * 4u + local.y; // swizzle(rows=2) tile(t=4,d=16)",
      "  let d = group.y * 64u + local.x * 4u; // swizzle(rows=2) tile(t=4,d=16)",
    ]
  `)
})

test('CUDA', () => {
  expect(made(cuda.compile(kernel, swizzled.steps).source)).toMatchInlineSnapshot(`
    [
      "  // swizzle(rows=2) tile(t=4,d=16)",
      "  const unsigned d = blockIdx.y * 16u + threadIdx.x;  // swizzle(rows=2) tile(t=4,d=16)",
      "  const unsigned t = group_z * 8u + group_x * 4u + threadIdx.y;  // swizzle(rows=2) tile(t=4,d=16)",
      "  const unsigned d = group_y * 16u + threadIdx.x;  // swizzle(rows=2) tile(t=4,d=16)",
    ]
  `)
})

test('without tiles it is refused', () => {
  expect(() => schedule(kernel).apply(swizzle({ rows: 2 }))).toThrow(ScheduleRefusal)
})

test('the same file is a plug-in of the command', () => {
  const file = fileURLToPath(new URL('./swizzle.ts', import.meta.url))
  const argv = ['emit', kernel.name, '--target', 'wgsl', '--plugin', file, '--steps', 'tile(t=4,d=16) swizzle(rows=2)']
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { status, stdout } = spawnSync('npm', ['run', '-s', 'qernel', '--', ...argv], { encoding: 'utf8', cwd: root })
  expect(status).toBe(0)
  expect(made(stdout)).toEqual(made(wgsl.compile(kernel, swizzled.steps).source))
})
