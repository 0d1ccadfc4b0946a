/** What a target cannot run is refused at compile time, with the limit and a way out. */
import { f32, type Kernel, kernel } from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { LoweringError } from '../../src/index.ts'
import { lower } from '../../src/internal.ts'
import { wgslTarget } from '../targets.ts'

const cube = kernel('cube', ({ size, input, output }) => {
  const B = size('B')
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [B, T, D])
  output('y', f32, [B, T, D], (b, t, d) => x(b, t, d).mul(2))
})

const manyArrays = kernel('many_arrays', ({ size, input, output }) => {
  const N = size('N')
  const inputs = Array.from({ length: 8 }, (_, i) => input(`x${i}`, f32, [N]))
  output('y', f32, [N], n => inputs.map(x => x(n)).reduce((a, b) => a.max(b)))
})

test.each([
  [
    'too many threads',
    cube,
    'tile(b=4,t=16,d=16)',
    'cube has 16 × 16 × 4 = 1024 threads per workgroup; this wgsl target allows 256',
  ],
  [
    'too many threads along z',
    cube,
    'tile(b=128,t=1,d=2) bind(b_in=block.z)',
    'threads along z; this wgsl target allows 64',
  ],
  [
    'too much shared memory',
    cube,
    'tile(t=16,d=512) vectorize(d=32) cache(buffer=x,memory=shared)',
    'needs 32768 bytes of shared memory; this wgsl target allows 16384; cache a smaller tile',
  ],
  ['too many arrays', manyArrays, 'tile(n=64)', 'many_arrays binds 9 arrays; this wgsl target allows 8'],
] satisfies [string, Kernel, string, string][])('refuses %s', (_, one, steps, message) => {
  const scheduled = applySchedule(one, parseSteps(steps), { nativeTypes: wgslTarget.nativeTypes })
  const lowering = () => lower(scheduled, wgslTarget)
  expect(lowering).toThrow(LoweringError)
  expect(lowering).toThrow(message)
})
