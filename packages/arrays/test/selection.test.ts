import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { usageErrorOf } from '../../../test/usage-error.ts'
import { type AxisSelection, parseSelection, resolveSelection, runs, selectedShape } from '../src/selection.ts'

/** The selected elements of an array, found by a loop over all elements. */
function selectedElements(selection: readonly AxisSelection[], shape: readonly number[]): number[] {
  const elements = shape.reduce((product, extent) => product * extent, 1)
  return Array.from({ length: elements }, (_, element) => element).filter(element => {
    let rest = element
    return shape.toReversed().every((extent, reversed) => {
      const index = rest % extent
      rest = Math.floor(rest / extent)
      const item = selection[shape.length - 1 - reversed] ?? { kind: 'range' }
      const count = (at: number): number => (at < 0 ? at + extent : at)
      if (item.kind === 'index') return index === count(item.index)
      return index >= count(item.start ?? 0) && index < count(item.stop ?? extent)
    })
  })
}

const axis = (extent: number): fc.Arbitrary<AxisSelection> =>
  fc.oneof(
    fc.constant<AxisSelection>({ kind: 'range' }),
    fc.integer({ min: -extent, max: extent - 1 }).map<AxisSelection>(index => ({ kind: 'index', index })),
    fc
      .tuple(fc.nat({ max: extent }), fc.nat({ max: extent }))
      .map<AxisSelection>(([a, b]) => ({ kind: 'range', start: Math.min(a, b), stop: Math.max(a, b) })),
  )

const shapeAndSelection = fc
  .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
  .chain(shape => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(axis)), fc.nat({ max: shape.length })))
  .map(([shape, selection, named]) => ({ shape, selection: selection.slice(0, named) }))

describe('the elements of a selection', () => {
  it('are those of a plain loop, in the same order, in contiguous runs', () => {
    fc.assert(
      fc.property(shapeAndSelection, ({ shape, selection }) => {
        const resolved = resolveSelection(selection, shape, 'x')
        const elements = [...runs(resolved, shape)].flatMap(([first, count]) =>
          Array.from({ length: count }, (_, i) => first + i),
        )
        expect(elements).toEqual(selectedElements(selection, shape))
        expect(selectedShape(resolved).reduce((product, extent) => product * extent, 1)).toBe(elements.length)
      }),
      { numRuns: 500 },
    )
  })

  it('are one run if they are contiguous', () => {
    const read = (text: string) => [
      ...runs(resolveSelection(parseSelection(text, 'x'), [4, 2048, 128], 'x'), [4, 2048, 128]),
    ]
    expect(read('1')).toEqual([[262144, 262144]])
    expect(read('1, 0:512')).toEqual([[262144, 65536]])
    expect(read(':, -1')).toEqual([262016, 524160, 786304, 1048448].map(first => [first, 128]))
    expect(read('2:2')).toEqual([])
  })
})

describe('refusals', () => {
  const refusal = (text: string, shape: number[]) =>
    usageErrorOf(() => resolveSelection(parseSelection(text, 'x'), shape, 'x'))

  it('name the axis, the shape and valid values', async () => {
    expect(await refusal('0, 3000', [4, 2048])).toEqual({
      what: 'index 3000 is outside axis 1 of the shape [4, 2048]',
      where: 'x',
      allowed: 'indices 0 to 2047, ranges within 0:2048',
    })
  })

  it.each([
    ['0:5000', 'range 0:5000 is outside axis 0 of the shape [4]'],
    ['5000:', 'range 5000: is outside axis 0 of the shape [4]'],
    [':-9', 'range :-9 is outside axis 0 of the shape [4]'],
    ['3:1', 'range 3:1 runs backwards in axis 0 of the shape [4]'],
    ['-5', 'index -5 is outside axis 0 of the shape [4]'],
    ['0, 0', 'the selection has 2 axes, but the array has 1 axis: [4]'],
    ['', 'empty item in the selection []'],
    ['0,', 'empty item in the selection [0,]'],
    ['::2', "cannot read '::2' in the selection [::2]"],
    ['...', "cannot read '...' in the selection [...]"],
    ['99999999999999999999', 'the index 99999999999999999999 is too large'],
  ])('[%s]', async (text, what) => {
    expect((await refusal(text, [4])).what).toBe(what)
  })
})
