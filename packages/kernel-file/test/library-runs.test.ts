/** The library as plain TypeScript, which shares nothing with the compiler: its results and the interpreter's lie in the interval that roundings allow. */
import { affine, f32, integerRange, interpretKernel, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import { codecOf, randomNumbers } from '@qernel/dsl/internal'
import type { RunResult, SourceKernel } from '@qernel/dsl/source'
import { describe, expect, it } from 'vitest'
import * as i from './fuzz/interval.ts'
import { type LibraryFile, libraryFiles, type Settings } from './library-files.ts'
import { resultIntervals } from './result-intervals.ts'

const random = randomNumbers(Number(process.env.QERNEL_SEED))
const files = await libraryFiles()

/** Two or three of every size, or one whole group. */
const sizesOf = ({ sizes }: Kernel): Map<string, number> =>
  new Map(sizes.map(({ name, facts }, at) => [name, facts.multipleOf ?? 2 + (at % 2)]))

function someValue(type: StorageType): number {
  const { decode, encode } = codecOf(type)
  if (type.kind === 'float') return decode(encode(random() * 8 - 4))
  const { low, high } = integerRange(type)
  return low + Math.floor(random() * (high - low + 1))
}

function inputsOf(kernel: Kernel): Map<string, Tensor> {
  const sizes = sizesOf(kernel)
  const inputs = kernel.tensors.filter(({ role }) => role === 'input')
  return new Map(
    inputs.map(({ name, type, dims }) => {
      const shape = dims.map(dim => affine.extentValue(dim, sizes))
      const count = shape.reduce((product, extent) => product * extent, 1)
      // The factor of attention: with scores in the thousands, roundings would leave all weights open.
      const factor = name === 'scale' && count <= 2 ? 1 / 64 : 1
      // Of an empty cache the interval is open: whether its weights add up to 0 is not known.
      const values = Array.from({ length: count }, () => (name === 'length' ? 2 : someValue(type) * factor))
      return [name, { type, shape, data: type.kind === 'float' ? Float32Array.from(values) : Int32Array.from(values) }]
    }),
  )
}

/** The kernel as TypeScript. */
function written({ make }: LibraryFile, set: Settings): SourceKernel {
  const options = Object.entries(set).map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) : text] as const)
  return options.length === 0 ? make() : make(Object.fromEntries(options) as never)
}

/** Longer groups say nothing else. */
const isShort = ({ group = '32' }: Settings): boolean => group === '32'
/** Kernels whose fields are compared below, and those that read such fields: arrays of bytes do not hold them when a file runs as TypeScript. */
const hasRecords = ({ name }: LibraryFile): boolean => /Blocks|Records|decode-llama-cpp/.test(name)

/** Whether an interval says something: it holds one code, or floats that are as close as those of 8 bits. */
const isNarrow = (one: i.Interval, type: StorageType): boolean =>
  one !== undefined && one.high - one.low <= (type.kind === 'float' ? 2 ** -30 + 0.07 * Math.abs(one.high) : 0)

describe.each(files.filter(file => !hasRecords(file)))('$name', file => {
  it.each(file.settings.filter(isShort))('%o gives what roundings allow', set => {
    const { kernel } = file.load(set)
    const inputs = inputsOf(kernel)
    const interpreted = interpretKernel(kernel, inputs)
    const ran = written(file, set).run(Object.fromEntries(inputs), Object.fromEntries(sizesOf(kernel)))
    const allowed = resultIntervals(kernel, inputs)
    for (const [name, { data, type }] of interpreted) {
      const elements = allowed.get(name)?.elements ?? []
      const results = elements.map((one, at) => ({
        at,
        one,
        both: [data[at], ran[name]?.data[at]] as [number, number],
      }))
      expect(results).toHaveLength(data.length)
      expect(results.filter(({ one, both }) => !both.every(x => i.contains(one, x)))).toEqual([])
      expect(elements.filter(one => isNarrow(one, type)).length).toBeGreaterThanOrEqual(
        Math.floor(0.7 * elements.length),
      )
    }
  })
})

const list = (result: RunResult | undefined): readonly number[] => Array.from(result?.data ?? [])

/** Kernels of records, the kernels that keep the same arrays apart, and the arrays with the fields that hold them. */
it.each([
  ['q8_0Blocks', 'q8_0', { d: 'blocks.d', q: 'blocks.q' }],
  ['q4_0Blocks', 'q4_0', { d: 'blocks.d', q: 'blocks.q' }],
  ['onnxRuntimeInt8Records', 'onnxRuntimeInt8', { scale: 'rows.scale', q: 'rows.q' }],
] as const)('%s holds what %s gives, and back', (records, apart, fields) => {
  const kernel = (name: string): SourceKernel => {
    const file = files.find(one => one.name.endsWith(`#${name}`))
    if (file === undefined) throw new Error(`there is no ${name}`)
    return written(file, {})
  }
  const shape = apart === 'onnxRuntimeInt8' ? [2, 3, 4] : [2, 64]
  const count = shape.reduce((product, extent) => product * extent, 1)
  const x = { shape, data: Array.from({ length: count }, () => someValue(f32)) }
  const [together, others] = [kernel(records).run({ x }), kernel(apart).run({ x })]
  const entries = Object.entries(fields)
  for (const [array, field] of entries) expect(list(together[field])).toEqual(list(others[array]))
  const back = kernel(`${records}Dequantize`).run(
    Object.fromEntries(entries.map(([, name]) => [name, together[name] as RunResult])),
  )
  const sizes = { D: 64 }
  const other = kernel(`${apart}Dequantize`).run(
    Object.fromEntries(entries.map(([name]) => [name, others[name] as RunResult])),
    apart === 'q8_0' ? sizes : {},
  )
  expect(list(back.x)).toEqual(list(other.x))
  expect(list(back.x)).toHaveLength(count)
})
