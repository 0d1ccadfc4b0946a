/**
 * Reordered sums: the result of each combine for rows whose sum depends on the order, against sums written out here in
 * the order that docs/transforms/splitReduction.md promises. Nest, simulation and device must give the same bits.
 */
import { prepare, simulate } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import { dot, f32, interpretKernel, interpretNest, type Kernel, kernel, sum, type Tensor } from '@qernel/dsl'
import { fusedMultiplyAdd } from '@qernel/dsl/internal'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, expect, test } from 'vitest'

const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t => sum(D, d => x(t, d)))
})

const squares = kernel('squares', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T], t => dot(D, d => [x(t, d), x(t, d)]))
})

const [rows, columns, lanes] = [5, 24, 8]
const at = (row: number, column: number): number =>
  Math.fround(((row * 31 + column * 17) % 23) * 10 ** (((column * 7 + row) % 9) - 4) * (column % 3 === 0 ? -1 : 1))
const data = Float32Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns))
const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [rows, columns], data }]])

const add = (a: number, b: number): number => Math.fround(a + b)
const elementsOf = (row: number): number[] => Array.from({ length: columns }, (_, column) => at(row, column))
const square = (sum: number, x: number): number => fusedMultiplyAdd(x, x, sum)
/** Lane l takes the elements l, l + lanes, …, in order. */
const parts = (row: number, step = add): number[] =>
  Array.from({ length: lanes }, (_, lane) => {
    let part = 0
    for (let column = lane; column < columns; column += lanes) part = step(part, at(row, column))
    return part
  })
/** Adjacent elements first: (0 + 1) + (2 + 3), and so on. */
const tree = (values: readonly number[]): number =>
  values.length === 1
    ? (values[0] as number)
    : tree(
        Array.from({ length: values.length / 2 }, (_, i) => add(values[2 * i] as number, values[2 * i + 1] as number)),
      )
const inTurn = (values: readonly number[]): number => values.reduce(add, 0)

const sumsOf = (one: (row: number) => number): number[] => Array.from({ length: rows }, (_, row) => one(row))
const trees = sumsOf(row => add(0, tree(parts(row))))

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'software' })
})
afterAll(() => device.close())

test('the order of the sum changes the result', () => {
  const [x, D] = [interpretKernel(rowSum, inputs).get('y')?.data ?? [], sumsOf(row => inTurn(parts(row)))]
  expect([...x]).not.toEqual(trees)
  expect(D).not.toEqual(trees)
})

const inLanes = 'splitReduction(d=8,combine=shared,reassociate=true) bind(t=grid.x,d_in=block.x)'

/** A lane folds products that are not rounded; the sums of lanes are added. */
test.each([
  ['in order', 'bind(t=grid.x)', sumsOf(row => elementsOf(row).reduce(square, 0))],
  [
    'in two passes',
    'splitReduction(d=8,combine=secondPass,reassociate=true) bind(t=grid.x)',
    sumsOf(row =>
      inTurn(
        [0, 8, 16].map(first =>
          elementsOf(row)
            .slice(first, first + 8)
            .reduce(square, 0),
        ),
      ),
    ),
  ],
  ['in lanes', inLanes, sumsOf(row => add(0, tree(parts(row, square))))],
] as const)('fused, %s', (_, text, expected) => check(squares, text, expected))

test.each([
  ['serial', 'splitReduction(d=8,combine=serial,reassociate=true) bind(t=grid.x)', sumsOf(row => inTurn(parts(row)))],
  ['shared', inLanes, trees],
  ['subgroup', 'splitReduction(d=8,combine=subgroup,reassociate=true) bind(t=grid.x,d_in=block.x)', trees],
  [
    'subgroup, several rows per workgroup',
    'split(loop=t,by=4) splitReduction(d=8,combine=subgroup,reassociate=true) bind(t=grid.x,t_in=block.y,d_in=block.x)',
    trees,
  ],
] as const)('%s', (_, text, expected) => check(rowSum, text, expected))

async function check(one: Kernel, text: string, expected: readonly number[]): Promise<void> {
  const steps = parseSteps(text)
  const { nest } = applySchedule(one, steps)
  for (const order of ['forward', 'reverse'] as const)
    expect([...(interpretNest(nest, inputs, new Map(), { order }).get('y')?.data ?? [])]).toEqual(expected)
  const { finished } = prepare(wgsl, one, steps, { target: device.target })
  const { outputs: simulated, findings } = simulate(finished, inputs)
  expect(findings).toEqual([])
  expect([...(simulated.get('y')?.data ?? [])]).toEqual(expected)
  const executable = await device.load(wgsl.compile(one, steps, { target: device.target }))
  const { outputs } = await runKernel(device, executable, { inputs, sizes: { T: rows, D: columns } })
  expect([...(outputs.get('y')?.data ?? [])]).toEqual(expected)
}
