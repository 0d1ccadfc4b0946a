import { describe, expect, it } from 'vitest'
import { likelyMeant, nearest } from '../src/text/nearest.ts'

const transforms = ['tile', 'split', 'reorder', 'vectorize', 'coarsen']

describe('nearest', () => {
  it('orders by edit distance and keeps the order of ties', () => {
    expect(nearest('spilt', transforms)).toEqual(['split', 'tile', 'reorder', 'coarsen', 'vectorize'])
    expect(nearest('zzz', ['b', 'a'])).toEqual(['b', 'a'])
  })

  it('puts names that begin with the text first', () => {
    expect(nearest('group', ['gruop', 'group_symmetric_i8', 'group_asymmetric_u4'])).toEqual([
      'group_symmetric_i8',
      'group_asymmetric_u4',
      'gruop',
    ])
  })

  it('ignores case', () => {
    expect(nearest('TILE', ['split', 'tile'])).toEqual(['tile', 'split'])
  })
})

describe('likelyMeant', () => {
  it.each([
    ['vectorise', 'vectorize'],
    ['tlie', 'tile'],
    ['coarsening', 'coarsen'],
    ['vector', 'vectorize'],
    ['quantum', undefined],
    ['x', undefined],
  ])('%s → %s', (typed, meant) => {
    expect(likelyMeant(typed, transforms)).toBe(meant)
  })
})
