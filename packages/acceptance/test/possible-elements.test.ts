/** Elements that are computed alone equal those of the whole result. */
import { abs, f16, f32, field, i8, type Kernel, kernel, max, sum, type Tensor, u3 } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { possibleElements } from '../src/possible-elements.ts'
import { possibleResults } from '../src/possible-results.ts'

/** Ragged groups whose elements use the scale of the group after it was rounded to f16. */
const groups = kernel('groups', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const fives = D.groups(5)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f16, { t: T, g: fives.count }, (t, g) => max(fives.at(g), e => abs(x(t, e))).div(3))
  output('q', u3, { t: T, d: fives }, (t, d) => x(t, d).div(scale(t, d.group)).round())
})

/** Records of 5 bytes, one after another, and a temporary. */
const records = kernel('records', ({ size, input, temporary, outputRecord }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const total = temporary('total', f32, { t: T }, t => sum(D, d => x(t, d)))
  outputRecord(
    'r',
    { t: T, d: D },
    {
      first: field(i8, (t, d) => x(t, d).round()),
      both: field(f16, { e: 2 }, (t, d, e) => x(t, d).mul(e.value().toF32()).add(total(t))),
    },
  )
})

/** A column sum, and a reversed copy of a row. */
const columns = kernel('columns', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('s', f32, [D], d => sum(T, t => x(t, d).mul(x(t, d))))
  output('shifted', f32, [T, D, 2], (t, d, e) => x(t, d).mul(e.value().toF32()))
})

const x: Tensor = {
  type: f32,
  shape: [4, 13],
  data: Float32Array.from({ length: 52 }, (_, i) => (i % 11 === 0 ? 2 ** -140 : Math.sin(i) * 3)),
}

test.each<[string, Kernel]>([
  ['ragged groups', groups],
  ['records', records],
  ['columns', columns],
])('%s', (_, one) => {
  const inputs = new Map([['x', x]])
  for (const freedoms of [
    { language: 'interpreter', keepsDenormals: true, sumsInAnyOrder: false },
    { language: 'wgsl', keepsDenormals: false, sumsInAnyOrder: true },
  ] as const) {
    const whole = possibleResults(one, inputs, new Map(), freedoms)
    const alone = possibleElements(one, inputs, new Map(), freedoms)
    for (const [name, { values }] of whole) {
      const positions = Array.from(values, (_value, i) => i).reverse()
      expect(positions.map(i => alone.get(name)?.at(i))).toEqual(positions.map(i => values[i]))
    }
  }
})
