import { describe, expect, test } from 'vitest'
import {
  abs,
  DefinitionError,
  f32,
  halfSplit,
  interpretKernel,
  kernel,
  kernelHash,
  max,
  parseKernel,
  serializeKernel,
  u4,
} from '../src/index.ts'
import { tensor } from './tensors.ts'

const grouped = kernel('grouped', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 8 })
  const groups = D.groups(8)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T, groups.count], (t, g) => max(groups.at(g), d => abs(x(t, d))).div(7))
  output('q', halfSplit(u4, 8), [T, groups], (t, d) => {
    const value = x(t, d).div(scale(t, d.group))
    return value.lt(-0).select(Number.POSITIVE_INFINITY, value).round()
  })
})

describe('a parsed kernel', () => {
  test('has the text and the hash of the kernel that was serialized', () => {
    const read = parseKernel(serializeKernel(grouped))
    expect(serializeKernel(read)).toBe(serializeKernel(grouped))
    expect(kernelHash(read)).toBe(kernelHash(grouped))
  })

  test('computes the same results', () => {
    const x = tensor(
      f32,
      Array.from({ length: 16 }, (_, i) => i - 8.5),
      [2, 8],
    )
    const [read, defined] = [parseKernel(serializeKernel(grouped)), grouped]
    expect(interpretKernel(read, new Map([['x', x]]))).toEqual(interpretKernel(defined, new Map([['x', x]])))
  })

  test('has one node for a value that is used twice', () => {
    const { stages } = parseKernel(serializeKernel(grouped))
    const value = stages[1]?.value
    if (value?.kind !== 'op') throw new Error('an operation is expected')
    const [rounded] = value.args
    const [selected] = rounded?.kind === 'op' ? rounded.args : []
    if (selected?.kind !== 'op') throw new Error('a selection is expected')
    const [condition, , otherwise] = selected.args
    expect(condition?.kind === 'op' && condition.args[0]).toBe(otherwise)
  })

  test.each([
    ['text that is not JSON', '{', 'this is not a serialized kernel'],
    ['another object', '{"name":"k"}', 'this is not a serialized kernel'],
    ['a type that does not exist', serializeKernel(grouped).replace('"u4h8"', '"u5"'), 'there is no storage type u5'],
    [
      'a load of a tensor that is not declared',
      serializeKernel(grouped).replaceAll('"buffer":"x"', '"buffer":"z"'),
      'it reads z',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseKernel(text)).toThrow(DefinitionError)
    expect(() => parseKernel(text)).toThrow(message)
  })
})
