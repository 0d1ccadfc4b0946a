/**
 * Every operation of the language on a device, compared with the interpreter over hard values and random bits: one kernel per operation, operand
 * type and number of lanes.
 */
import { disagreements, freedomOf } from '@qernel/acceptance'
import {
  type Kernel,
  kernel,
  type OperationName,
  operationNames,
  operations,
  type StorageType,
  storageTypes,
  type Tensor,
  type TensorHandle,
  Value,
} from '@qernel/dsl'
import { type ApproximateOperation, fusedMultiplyAdd, randomNumbers } from '@qernel/dsl/internal'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { wgsl } from '../src/index.ts'
import { operands, storageOf } from './hard-values.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

type Numeric = 'f32' | 'i32' | 'u32'
interface Case {
  readonly title: string
  readonly op: OperationName
  readonly on: Numeric
  readonly arity: 1 | 2 | 3
  /** The stored value, as a function of the operands. */
  readonly result: (...args: Value[]) => Value
  readonly stored: StorageType
}

const node = (op: OperationName, args: readonly Value[], type: Value['type'], to?: StorageType): Value =>
  new Value({ kind: 'op', type, op, args: args.map(arg => arg.expr), ...(to === undefined ? {} : { to }) })
/** Conditions are stored as 1 and 0; operands that are conditions are comparisons with 0. */
const asNumber = (value: Value): Value => (value.type === 'bool' ? value.select(1, 0) : value)
const isNot0 = (value: Value): Value => value.ne(0)

const numerics = (op: OperationName): Numeric[] => operations[op].on.filter((type): type is Numeric => type !== 'bool')

function simpleCases(op: OperationName): Case[] {
  const { arity, result, on } = operations[op]
  const cases = numerics(op).map((type): Case => {
    const isSelect = op === 'select'
    const resultType = result ?? type
    return {
      title: `${op} on ${type}`,
      op,
      on: type,
      arity,
      result: (...args) =>
        asNumber(node(op, isSelect ? [isNot0(args[0] as Value), ...args.slice(1)] : args, resultType)),
      stored: storageOf[resultType === 'bool' ? 'f32' : resultType],
    }
  })
  if (!on.includes('bool') || op === 'select') return cases
  const onBool: Case = {
    title: `${op} on bool`,
    op,
    on: 'i32',
    arity,
    result: (...args) => asNumber(node(op, args.map(isNot0), 'bool')),
    stored: storageOf.f32,
  }
  return [...cases, onBool]
}

/** Operations that name a storage type. */
function castCases(op: (typeof casts)[number]): Case[] {
  return [...storageTypes.values()]
    .filter(to => (ofFloats.includes(op) ? to.bits === 16 && to.kind === 'float' : to.kind !== 'float'))
    .flatMap(to =>
      numerics(op).map(
        (on): Case => ({
          title: `${op} of ${on} to ${to.name}`,
          op,
          on,
          arity: 1,
          result: (x: Value) =>
            node(op, [on === 'f32' && op === 'saturate' ? x.round() : x], operations[op].result ?? to.compute, to),
          stored: storageOf[(operations[op].result ?? to.compute) as Numeric],
        }),
      ),
    )
}

const casts = ['saturate', 'wrap', 'narrow', 'floatBits', 'bitsFloat'] as const
const ofFloats: readonly OperationName[] = ['narrow', 'floatBits', 'bitsFloat']
const isCast = (op: OperationName): op is (typeof casts)[number] => (casts as readonly string[]).includes(op)
/** Operations that have a shorter form in combination. */
const together: readonly Case[] = [
  {
    title: 'max of a number and a magnitude',
    op: 'max',
    on: 'f32',
    arity: 2,
    result: (a, b) => (a as Value).max((b as Value).abs()),
    stored: storageOf.f32,
  },
]
const cases = [...operationNames.flatMap(op => (isCast(op) ? castCases(op) : simpleCases(op))), ...together]

function kernelOf({ op, on, arity, result, stored }: Case): Kernel {
  return kernel(`op_${op}`, ({ size, input, output }) => {
    const N = size('N')
    const handles: TensorHandle[] = ['a', 'b', 'c'].slice(0, arity).map(name => input(name, storageOf[on], [N]))
    output('y', stored, [N], n => result(...handles.map(x => x(n))))
  })
}

const inputsOf = ({ on, arity }: Case): Map<string, Tensor> =>
  new Map(operands(on, arity).map((tensor, i) => ['abc'[i] as string, tensor]))

async function run(one: Kernel, steps: string, inputs: ReadonlyMap<string, Tensor>) {
  const compiled = wgsl.compile(one, parseSteps(steps), { target: device.target })
  const N = inputs.get('a')?.shape[0] as number
  const { outputs } = await runKernel(device, await device.load(compiled), { inputs, sizes: { N } })
  return outputs
}

describe.each([
  ['scalar', 'tile(n=64)'],
  ['in vectors of 2', 'tile(n=128) vectorize(n=2) predicate(n=assume)'],
  ['in vectors of 4', 'tile(n=256) vectorize(n=4) predicate(n=assume)'],
])('%s', (_, steps) => {
  test.each(cases)('$title', async one => {
    const defined = kernelOf(one)
    const inputs = inputsOf(one)
    const outputs = await run(defined, steps, inputs)
    const wrong = disagreements({ kernel: defined, inputs }, outputs, freedomOf(device))
    const operandsAt = (at: string) => [...inputs.values()].map(t => t.data[Number(/\d+/.exec(at)?.[0])])
    expect(wrong.slice(0, 5).map(each => ({ ...each, operands: operandsAt(each.at) }))).toEqual([])
  })
})

/** WGSL, "Accuracy of concrete floating point expressions", for finite operands in the domain; denormal operands and results may be flushed. */
const accuracy: Readonly<Record<ApproximateOperation, (x: number, y: number) => number>> = {
  // Inherited from 1 / inverseSqrt(x): 2 ULP for the inverse root and 2.5 for the division, where an ULP is at most 2^-23.
  sqrt: (_, y) => 4.5 * 2 ** -23 * Math.abs(y),
  exp: (x, y) => (3 + 2 * Math.abs(x)) * ulp(y),
  exp2: (x, y) => (3 + 2 * Math.abs(x)) * ulp(y),
  log2: (x, y) => (x >= 0.5 && x <= 2 ? 2 ** -21 : 3 * ulp(y)),
}
const ulp = (y: number): number => 2 ** Math.max(Math.floor(Math.log2(Math.abs(y))) - 23, -149)
const inDomain: Readonly<Record<keyof typeof accuracy, (x: number) => boolean>> = {
  sqrt: x => x >= 2 ** -126,
  exp: x => Math.abs(x) < 87,
  exp2: x => Math.abs(x) < 126,
  log2: x => x >= 2 ** -126,
}
const meanings = { sqrt: Math.sqrt, exp: Math.exp, exp2: (x: number) => 2 ** x, log2: Math.log2 }

test.each(Object.keys(accuracy) as (keyof typeof accuracy)[])('%s is as accurate as WGSL requires', async op => {
  const one = cases.find(each => each.op === op) as Case
  const random = operands('f32', 1)[0] as Tensor
  // Random bits are mostly huge or tiny; exponents and logarithms are used in between.
  const data = Float32Array.from(random.data, (x, i) =>
    i % 2 === 0 ? x : ((i * 0.37) % 40) - (op.startsWith('exp') ? 20 : 0),
  )
  const inputs = new Map([['a', { ...random, data }]])
  const found = (await run(kernelOf(one), 'tile(n=64)', inputs)).get('y')?.data as Float32Array
  const wrong = [...data].flatMap((x, i) => {
    const [y, have] = [meanings[op](x), found[i] as number]
    if (!Number.isFinite(x) || !inDomain[op](x)) return []
    return Math.abs(have - y) <= accuracy[op](x, y) + ulp(y) / 2 ? [] : [{ x, expected: y, found: have }]
  })
  expect(wrong).toEqual([])
})

/** Random bits rarely have exponents that meet: here the third operand lies near the product, at all distances, also among denormals. */
test('fma rounds once on a device whose own rounds twice', async () => {
  expect(device.target.numerics.fusedFma).toBe(false)
  const random = randomNumbers(7)
  const numbers = [new Float32Array(6000), new Float32Array(6000), new Float32Array(6000)] as const
  const [a, b, c] = numbers
  for (let i = 0; i < a.length; i++) {
    const low = i % 3 === 0 ? 2 ** -(120 + (i % 28)) : 1
    a[i] = (1 + random()) * low
    b[i] = (i % 5 === 0 ? 1 + 2 ** -(i % 23) : 1 + random()) * (i % 2 === 0 ? -1 : 1)
    const near = -(a[i] as number) * (b[i] as number)
    c[i] = i % 7 === 0 ? near : near * (1 + random()) * 2 ** ((i % 61) - 30)
  }
  const inputs = new Map(
    numbers.map((data, i) => ['abc'[i] as string, { type: storageOf.f32, shape: [a.length], data } as Tensor]),
  )
  const one = cases.find(each => each.op === 'fma') as Case
  const found = (await run(kernelOf(one), 'tile(n=64)', inputs)).get('y')?.data as Float32Array
  const wrong = [...found].flatMap((y, i) => {
    const [x, z, w] = [a[i] as number, b[i] as number, c[i] as number]
    const expected = fusedMultiplyAdd(x, z, w)
    return Object.is(y, expected) ? [] : [{ x, z, w, y, expected }]
  })
  expect(wrong.slice(0, 5)).toEqual([])
})
