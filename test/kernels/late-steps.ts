/** Small kernels that are difficult for late steps: short fields, transposed words, reused values. */
import { abs, f16, f32, field, type Index, i4, i8, type Kernel, kernel, max, sum, u8 } from '@qernel/dsl'

/** A scale, two bytes and four codes: vectors are longer than the fields. */
const shortFields = kernel('short_fields', ({ size, input, outputRecord }) => {
  const [T, B] = [size('T'), size('B')]
  const x = input('x', f32, [T, B, 4])
  const largest = (t: Index, b: Index) => max({ f: 4 }, f => abs(x(t, b, f)))
  outputRecord(
    'r',
    { t: T, b: B },
    {
      s: field(f16, (t, b) => largest(t, b)),
      q: field(i8, { e: 4 }, (t, b, e) => x(t, b, e).div(largest(t, b)).mul(7).round()),
      m: field(u8, { e: 2 }, (t, b, e) => x(t, b, e).round()),
    },
  )
})

/** An axis of 4, shorter than vectors. */
const shortRows = kernel('short_rows', ({ size, input, output }) => {
  const [T, B] = [size('T'), size('B')]
  const x = input('x', f32, [T, B, 4])
  output('q', i8, { t: T, b: B, e: 4 }, (t, b, e) => x(t, b, e).mul(7).round())
})

/** Codes back to floats, transposed. */
const transposed = kernel('transposed', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const q = input('q', i4, [T, D])
  const s = input('s', f32, [D])
  output('y', f16, { d: D, t: T }, (d, t) => q(t, d).toF32().mul(s(d)))
})

/** Given scales: values passed from one iteration to the next are used immediately. */
const quantize = kernel('quantize', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D])
  output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(d)).round())
})

/** Two stages, the first of which sums in order. */
const centred = kernel('centred', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const total = output('total', f32, { t: T }, t => sum({ d: D }, d => x(t, d)))
  output('y', f16, { t: T, d: D }, (t, d) => x(t, d).sub(total(t)))
})

/** A code decides which level is read. */
const levels = kernel('levels', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const code = input('code', u8, [T, D])
  const level = input('level', f32, [T, 16])
  output('y', f16, { t: T, d: D }, (t, d) => level(t, code(t, d).and(15)))
})

export const lateSteps: readonly Kernel[] = [shortFields, shortRows, transposed, quantize, centred, levels]
