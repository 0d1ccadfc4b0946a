import { f32, kernel, max, min } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { prepare } from '../../src/index.ts'
import { asLowered, wgslTarget } from '../targets.ts'

const twoStages = kernel('high', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('high', f32, [T], t => max(D, d => x(t, d)))
  output('low', f32, [T], t => min(D, d => x(t, d)))
})

const steps = parseSteps('splitReduction(d=8,combine=shared) bind(t=grid.x,d_in=block.x)')

/** In WGSL, entry points, their shared arrays and all arguments share one scope. */
test('every entry point, array and array of lanes has its own name', () => {
  const { program } = prepare(asLowered(wgslTarget), twoStages, steps).finished
  const names = [
    ...program.arrays.map(a => a.name),
    ...program.functions.flatMap(f => [f.entry, ...f.shared.map(s => s.name)]),
  ]
  expect(names).toEqual(['x', 'high', 'low', 'high_high', 'lanes', 'high_low', 'lanes_2'])
})

test('a kernel of one dispatch does not have the name of its result', () => {
  const one = kernel('high', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    output('high', f32, [T], t => x(t).neg())
  })
  expect(prepare(asLowered(wgslTarget), one, []).finished.program.functions[0]?.entry).toBe('high_2')
})
