/** Floats made of the bits of codes: every code of every type at every position of its words, and where codes stay integers. */
import { dot, f32, i2, i3, i4, i8, type Kernel, kernel, max, type Tensor, u2, u3, u4, u8 } from '@qernel/dsl'
import { elementsPerUnit, logicalValues } from '@qernel/dsl/internal'
import { parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { type DeviceProgram, prepare, simulate, type Target } from '../../src/index.ts'
import { floatsOfCodes } from '../../src/internal.ts'
import { expressionsOf } from '../../src/program/walk-program.ts'
import { asLowered, cudaTarget, finishedAsIs, wgslTarget } from '../targets.ts'

const fused: Target = { ...wgslTarget, numerics: { ...wgslTarget.numerics, fusedFma: true } }

const columns = (type: typeof i8) =>
  kernel('columns', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', f32, [T])
    const code = input('code', type, [T, D])
    output('y', f32, [D], d => dot(T, t => [x(t), code(t, d).toF32()]))
  })

/** The conversions of a program before and after the pass, and the program after it. */
function rewritten(of: Kernel, steps: string, fixed: Readonly<Record<string, number>>, target: Target) {
  const { finished } = prepare(asLowered(target), of, parseSteps(steps), { fixed: new Map(Object.entries(fixed)) })
  const program = floatsOfCodes(finished.program)
  const count = ({ functions }: DeviceProgram) =>
    functions.flatMap(({ body }) => expressionsOf(body)).filter(e => e.kind === 'op' && e.op === 'toF32').length
  return { finished, program, conversions: [count(finished.program), count(program)] }
}

const types = [i8, u8, i4, u4, i3, u3, i2, u2]

test.each(types.flatMap(type => [cudaTarget, fused].map(target => ({ type, target, name: target.name }))))(
  'every $type.name at every position, $name',
  ({ type, target }) => {
    const unit = elementsPerUnit(type)
    const codes = 2 ** type.bits
    const D = Math.max(32, unit) * codes
    const of = columns(type)
    const { finished, program, conversions } = rewritten(of, 'vectorize(d=32) bind(d=grid.x)', { D }, target)
    expect(conversions[0]).toBeGreaterThan(0)
    expect(conversions[1]).toBe(0)
    const lowest = type.kind === 'signed' ? -codes / 2 : 0
    const data = logicalValues(type, D).map((_, d) => lowest + ((Math.floor(d / unit) + d) % codes))
    const inputs = new Map<string, Tensor>([
      ['x', { type: f32, shape: [1], data: Float32Array.of(1) }],
      ['code', { type, shape: [1, D], data }],
    ])
    const sizes = new Map([
      ['T', 1],
      ['D', D],
    ])
    const { outputs, findings } = simulate(finishedAsIs({ ...finished, program }, target), inputs, sizes)
    expect(findings).toEqual([])
    expect([...(outputs.get('y')?.data ?? [])]).toEqual([...data])
  },
)

test('codes that are also used as integers are converted as before', () => {
  const of = kernel('both', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const code = input('code', i4, [T, D])
    output('y', f32, [D], d => dot(T, t => [code(t, d).toF32(), code(t, d).max(0).toF32()]))
  })
  const { conversions } = rewritten(of, 'vectorize(d=8) bind(d=grid.x)', { D: 64 }, cudaTarget)
  expect(conversions[0]).toBeGreaterThan(0)
  expect(conversions[1]).toBe(conversions[0])
})

test('functions that sum nothing stay as they are', () => {
  const of = kernel('largest', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const code = input('code', i4, [T, D])
    output('y', f32, [D], d => max(T, t => code(t, d).toF32()))
  })
  const { finished, program } = rewritten(of, 'vectorize(d=8) bind(d=grid.x)', { D: 64 }, cudaTarget)
  expect(program.functions).toEqual(finished.program.functions)
})
