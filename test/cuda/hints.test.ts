/** Cache hints: the loads and stores of CUDA that say how data passes through the caches. WGSL has none. */
import { disagreements, freedomOf } from '@qernel/acceptance'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { bf16, f16, f32, i3, kernel } from '@qernel/dsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { runKernel } from '@qernel/runtime'
import { parseSteps, ScheduleRefusal } from '@qernel/schedule'
import { randomInputs } from '@qernel/testing'
import { afterAll, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'

const tiled = 'tile(t=4,d=64) vectorize(d=8) predicate(d=assume)'
const body = (steps: string): string => {
  const { source } = cuda.compile(int8PerChannelQuantize(f16), parseSteps(steps))
  return source.slice(source.indexOf('__global__'))
}

test('streaming loads and stores are as wide as ordinary ones', () => {
  const source = body(`${tiled} hint(buffer=x,cache=streaming) hint(buffer=q,cache=streaming)`)
  expect(source).toContain('const uint4 x_words = __ldcs(&x_words4[size_t(t) * (D / 8u) + d / 8u]);')
  expect(source).toContain('__stcs(&q_words2[size_t(t) * (D / 8u) + d / 8u], make_uint2(')
  expect(source).toContain('scale4[d / 4u]')
})

test('a tensor that is only read may use the read-only path', () => {
  expect(body(`${tiled} hint(buffer=scale,cache=readonly)`)).toContain('__ldg(&scale4[d / 4u])')
  expect(() => body(`${tiled} hint(buffer=q,cache=readonly)`)).toThrow(ScheduleRefusal)
})

test('a hint can be removed, and WGSL ignores it', () => {
  expect(body(`${tiled} hint(buffer=x,cache=streaming) hint(buffer=x,cache=default)`)).toBe(body(tiled))
  const withoutHeader = (steps: string) =>
    wgsl.compile(int8PerChannelQuantize(f16), parseSteps(steps)).source.replace(/^\/\/.*\n/gm, '')
  expect(withoutHeader(`${tiled} hint(buffer=x,cache=streaming)`)).toBe(withoutHeader(tiled))
})

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('hints are not executed here: there is no g++', () => undefined)

test.each(hosts)('hints do not change the results for any element type and access', async host => {
  const streamed = 'hint(buffer=x,cache=streaming) hint(buffer=scale,cache=readonly) hint(buffer=q,cache=streaming)'
  const cases = [f32, f16, bf16].flatMap(element =>
    ['tile(t=4,d=16)', 'tile(t=4,d=64) vectorize(d=8)', tiled].map(steps => {
      const quantize = int8PerChannelQuantize(element)
      return { kernel: quantize, compiled: cuda.compile(quantize, parseSteps(`${steps} ${streamed}`)) }
    }),
  )
  // A word of codes that exceeds one line was once passed to the store in pieces.
  const threes = kernel('threes', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', f32, [T, D])
    output('y', i3, [T, D], (t, d) => x(t, d).mul(3).round().saturate(i3))
  })
  cases.push({ kernel: threes, compiled: cuda.compile(threes, parseSteps('hint(buffer=y,cache=streaming)')) })
  await host.compile(cases.map(({ compiled }) => compiled))
  const sizes = { T: 7, D: 72 }
  for (const { kernel: subject, compiled } of cases) {
    const inputs = randomInputs(subject, new Map(Object.entries(sizes)), 'mixed', 1)
    const { outputs } = await runKernel(host.device, await host.device.load(compiled), { inputs, sizes })
    expect(disagreements({ kernel: subject, inputs }, outputs, freedomOf(host.device))).toEqual([])
  }
})
