/** Barriers separate writes to shared memory from reads by other threads, and stand nowhere else. */
import { f32, kernel, max } from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { type DeviceStatement, lower } from '../../src/internal.ts'
import { wgslTarget } from '../targets.ts'

const scaled = kernel('scaled', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const s = input('s', f32, [D])
  output('y', f32, [T, D], (t, d) => x(t, d).mul(s(d)))
})

/** The control flow, with the stores to shared and global arrays: `for { x_tile = · barrier · y = }`. */
function flow(body: readonly DeviceStatement[]): string {
  return body
    .flatMap(s => {
      if (s.kind === 'barrier') return ['barrier']
      if (s.kind === 'store') return [`${s.array} =`]
      if (s.kind === 'if') return [`if { ${flow(s.body)} }`]
      if (s.kind === 'for') return [`for { ${flow(s.body)} }`]
      return []
    })
    .join(' · ')
}

const lowered = (steps: string, of = scaled): string => {
  const { program } = lower(applySchedule(of, parseSteps(steps), { nativeTypes: wgslTarget.nativeTypes }), wgslTarget)
  return flow(program.functions[0]?.body ?? [])
}

test.each([
  ['no barrier without shared memory', 'tile(t=4,d=16)', 'if { y = }'],
  ['no barrier for private copies', 'tile(t=4,d=16) cache(buffer=x,memory=register)', 'if { y = }'],
  [
    'one barrier between filling a tile and using it, outside of conditions',
    'tile(t=4,d=16) cache(buffer=x,memory=shared)',
    'if { x_tile = } · barrier · if { y = }',
  ],
  [
    'one barrier for two copies',
    'tile(t=4,d=16) cache(buffer=x,memory=shared) cache(buffer=s,memory=shared)',
    'if { s_tile = } · if { x_tile = } · barrier · if { y = }',
  ],
  [
    'two barriers in a loop, so that no thread overwrites what another still reads',
    'split(loop=d,by=64,inner=lane) reorder(order=d.t) bind(d=grid.x,lane=block.x) cache(buffer=x,memory=shared,at=t)',
    'for { if { x_tile = } · barrier · if { y = } · barrier }',
  ],
])('%s', (_, steps, expected) => {
  expect(lowered(steps)).toBe(expected)
})

/** Each result needs the whole row of a temporary. */
const handedOver = kernel('handed_over', ({ size, input, output, temporary }) => {
  const T = size('T')
  const x = input('x', f32, [T, 64])
  const y = temporary('y', f32, [T, 64], (t, d) => x(t, d).mul(3))
  output('z', f32, [T], t => max(64, d => y(t, d)))
})

test('no barrier between iterations that fill different parts of a tile', () => {
  const steps =
    'fuse(producer=y,consumer=z,memory=shared) split(loop=d,by=16,stage=y) bind(t=grid.x) bind(d_in=block.x)'
  expect(lowered(steps, handedOver)).toBe('for { y_tile = } · barrier · for {  } · if { z = }')
})
