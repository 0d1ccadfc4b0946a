/** What the library's kernels give for special values: computed by the interpreter, so the table is what the program does. */
import { f32, interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from '@qernel/kernels'
import { markdownTable } from '../markers.ts'
import { numberText as text } from '../number-text.ts'

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const denormal = 2 ** -140

/** A channel by its content: the values of its tokens. */
const channels: readonly (readonly [string, readonly number[]])[] = [
  ['ordinary', [1, -2, 0.5]],
  ['ties', [127, 0.5, 1.5, 2.5, -2.5]],
  ['NaN beside numbers', [nan, 1, -2]],
  ['only NaN', [nan, nan]],
  ['an infinity', [infinity, 1, -2]],
  ['−∞', [-infinity, 1]],
  ['zeros of both signs', [0, -0]],
  ['−0 beside numbers', [-0, 1]],
  ['denormals', [denormal, -denormal]],
  ['below 1e-8', [5e-9, -5e-9]],
  ['the largest floats', [3.4028234663852886e38, -3.4028234663852886e38]],
  ['T = 1', [-3]],
  ['T = 0', []],
]

export function perChannelTable(): string {
  return markdownTable(
    ['channel', 'x', 'scale', 'q', 'back: q · scale'],
    channels.map(([what, x]) => {
      const quantized = run(int8PerChannel(), { x: column(x) })
      const back = run(int8PerChannelDequantize(), quantized)
      return [what, list(x), list(values(quantized, 'scale')), list(values(quantized, 'q')), list(values(back, 'x'))]
    }),
  )
}

/** Scales that a caller may give, with the codes of a few values under them. */
const givenScales: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['NaN', nan],
  ['∞', infinity],
  ['negative', -0.5],
  ['a denormal', denormal],
]
const givenValues = [1, -1, 0, -0, nan, infinity, -infinity]

export function quantizeTable(): string {
  return markdownTable(
    ['scale', ...givenValues.map(x => `x = ${text(x)}`)],
    givenScales.map(([what, scale]) => {
      const outputs = run(int8PerChannelQuantize(), { x: column(givenValues), scale: row([scale]) })
      return [what, ...values(outputs, 'q').map(text)]
    }),
  )
}

const column = (data: readonly number[]): Tensor => ({
  type: f32,
  shape: [data.length, 1],
  data: Float32Array.from(data),
})
const row = (data: readonly number[]): Tensor => ({ type: f32, shape: [data.length], data: Float32Array.from(data) })

function run(kernel: Kernel, inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(interpretKernel(kernel, new Map(Object.entries(inputs))))
}

function values(tensors: Readonly<Record<string, Tensor>>, name: string): number[] {
  const found = tensors[name]
  if (found === undefined) throw new Error(`there is no array ${name}`)
  return [...found.data]
}

const list = (numbers: readonly number[]): string => (numbers.length === 0 ? '–' : numbers.map(text).join(', '))
