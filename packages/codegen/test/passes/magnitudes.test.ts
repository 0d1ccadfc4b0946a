/** Which maxima become maxima of words: those of values that are not NaN and have no sign. */
import { abs, f32, interpretKernel, kernel, max, type Tensor, type Value } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { type DeviceProgram, prepare, simulate } from '../../src/index.ts'
import { compareMagnitudesByBits, type DeviceExpr } from '../../src/internal.ts'
import { statementsOf } from '../../src/program/walk-program.ts'
import { asLowered, finishedAsIs, wgslTarget } from '../targets.ts'

const rowMaximum = (of: (x: Value) => Value) =>
  kernel('row_maximum', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [T], t => max(D, d => of(x(t, d))))
  })

/** The types of the maxima of a program, in order. */
function maxima({ functions }: DeviceProgram): string[] {
  const found: string[] = []
  const look = (e: DeviceExpr): void => {
    if (e.kind === 'op') {
      e.args.forEach(look)
      if (e.op === 'max') found.push(e.type.scalar)
    } else if (e.kind === 'construct') e.args.forEach(look)
    else if (e.kind === 'component' || e.kind === 'dynamicComponent') look(e.of)
  }
  for (const { body } of functions)
    for (const s of statementsOf(body)) if ('value' in s && s.value !== undefined) look(s.value)
  return found
}

const lanes = 'splitReduction(d=4,combine=shared) bind(t=grid.x,d_in=block.x)'

describe.each([
  ['absolute values', abs, ['f32', 'u32', 'u32', 'u32', 'u32']],
  ['squares', (x: Value) => x.mul(x), ['f32', 'f32', 'f32', 'f32', 'f32']],
  ['values', (x: Value) => x, ['f32', 'f32', 'f32', 'f32', 'f32']],
])('%s', (_, of, expected) => {
  const defined = rowMaximum(of)
  const { finished: lowered } = prepare(asLowered(wgslTarget), defined, parseSteps(lanes))
  const program = compareMagnitudesByBits(lowered.program)

  test('maxima use words only where values have no sign and are not NaN', () =>
    expect(maxima(program)).toEqual(expected))

  test('special values give the defined results', () => {
    const special = [Number.NaN, -0, 0, 1e-40, -1e-40, 3, -4, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2]
    const rows = special.flatMap(a => special.map(b => [a, Number.NaN, b, -0, a]))
    const data = Float32Array.from([...rows, [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]].flat())
    const sizes = new Map([
      ['T', data.length / 5],
      ['D', 5],
    ])
    const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [data.length / 5, 5], data }]])
    const { outputs, findings } = simulate(finishedAsIs({ ...lowered, program }), inputs, sizes)
    expect(findings).toEqual([])
    expect([...(outputs.get('y')?.data ?? [])]).toEqual([...(interpretKernel(defined, inputs).get('y')?.data ?? [])])
  })
})
