/** The special values that every quantizer of the library restores, computed by the interpreter. */
import { f32, InputError, interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { findKernel, kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { markdownTable } from '../markers.ts'
import { numberText } from '../number-text.ts'

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const denormal = 2 ** -140

/** The first element, among values of both signs none of which is the only extreme of its group. */
const specials: readonly (readonly [string, number])[] = [
  ['NaN', nan],
  ['∞', infinity],
  ['−∞', -infinity],
  ['−70000', -7e4],
]
const mixed = (i: number): number => (((7 * i + (i >> 7)) % 31) - 8) / 8

/** The first element, and the value of all others. */
const contents: readonly (readonly [string, number, number])[] = [
  ['only NaN', nan, nan],
  ['zeros', 0, 0],
  ['−0 among zeros', -0, 0],
  ['denormals', denormal, denormal],
]

/** The length of groups does not matter here, so the shortest stands for all. */
const shown = kernelLibrary.filter(
  ({ name, roundTrip }) => roundTrip !== undefined && !/_g(64|128)_|_quantize$/.test(name),
)

export function groupValuesTable(): string {
  return markdownTable(
    ['kernel', ...specials.map(([what]) => what), ...contents.map(([what]) => what), 'T = 1', 'T = 0'],
    shown.map(entry => [
      `\`${entry.name}\``,
      ...specials.map(([, value]) => amongMixed(entry, value)),
      ...contents.map(([, first, rest]) => restored(entry, first, rest)),
      small(entry, 1),
      small(entry, 0),
    ]),
  )
}

/** The special element, and whether the others come back as if 0 were in its place; otherwise their error. */
function amongMixed(entry: LibraryKernel, special: number): string {
  const back = (first: number) => roundTrip(entry, 32, i => (i === 0 ? first : mixed(i)))
  const usual = back(0)
  const [own = nan, ...others] = back(special)
  const changed = others.flatMap((x, i) => (Object.is(x, usual[i + 1]) ? [] : [Math.abs(x - mixed(i + 1))]))
  const worst = changed.some(Number.isNaN) ? nan : Math.max(...changed)
  const off = Number.isNaN(worst) ? 'NaN' : Number.isFinite(worst) ? `± ${numberText(worst)}` : 'infinite'
  const what = changed.length === 0 ? 'kept' : off
  return `${numberText(own)}; ${what}`
}

/** The first element, and the worst of the others, after a round trip. */
function restored(entry: LibraryKernel, first: number, rest: number): string {
  const [special = nan, ...others] = roundTrip(entry, 32, i => (i === 0 ? first : rest))
  const worst = others.reduce((a, b) => (distance(b, rest) > distance(a, rest) ? b : a), others[0] ?? nan)
  return `${numberText(special)}; ${numberText(worst)}`
}

const distance = (a: number, b: number): number => {
  if (Number.isNaN(b)) return Number.isNaN(a) ? infinity : Math.abs(a)
  return Number.isNaN(a) ? infinity : Math.abs(a - b)
}

function small(entry: LibraryKernel, tokens: number): string {
  try {
    const values = roundTrip(entry, tokens, () => 1)
    return tokens === 0
      ? values.length === 0
        ? 'nothing'
        : 'something'
      : values.every(x => Math.abs(x - 1) < 0.01)
        ? 'as any'
        : 'differs'
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return /multiple of (\d+)/.exec(error.message)?.[0].replace('multiple', 'refused: T is a multiple') ?? 'refused'
  }
}

function roundTrip(entry: LibraryKernel, tokens: number, value: (i: number) => number): readonly number[] {
  const kernel = entry.define()
  const back = findKernel(entry.roundTrip?.dequantize ?? '')?.define()
  if (back === undefined) throw new Error(`${entry.name} has no way back`)
  const x = tensorFor(kernel, tokens, value)
  const stored = interpretKernel(kernel, new Map([['x', x]]))
  const wanted = back.tensors.filter(tensor => tensor.role === 'input').map(tensor => tensor.name)
  const inputs = new Map(wanted.map(name => [name, stored.get(name) as Tensor]))
  return [...(interpretKernel(back, inputs).get('x')?.data ?? [])]
}

/** Every size is 128, except for tokens and heads. */
function tensorFor(kernel: Kernel, tokens: number, value: (i: number) => number): Tensor {
  const dims = kernel.tensors.find(tensor => tensor.name === 'x')?.dims ?? []
  const shape = dims.map(dim =>
    typeof dim === 'number' ? dim : dim.size === 'T' ? tokens : dim.size === 'H' ? 1 : 128,
  )
  const length = shape.reduce((a, b) => a * b, 1)
  return { type: f32, shape, data: Float32Array.from({ length }, (_, i) => value(i)) }
}
