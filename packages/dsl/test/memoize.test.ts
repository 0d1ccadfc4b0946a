import { describe, expect, test } from 'vitest'
import { mapList, memoize } from '../src/internal.ts'

describe('memoize', () => {
  test('computes a value once while it is cached, and again after it was dropped', () => {
    const asked: object[] = []
    const known = memoize((key: { readonly name: string }) => {
      asked.push(key)
      return { of: key.name }
    }, 2)
    const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
    expect(known(a)).toBe(known(a))
    expect(known(b)).toEqual({ of: 'b' })
    expect(asked).toEqual([a, b])
    known(c)
    known(a)
    expect(asked).toEqual([a, b, c, a])
  })

  test('distinguishes equal keys that are different objects', () => {
    const known = memoize((key: { readonly name: string }) => ({ key }), 8)
    const [one, other] = [{ name: 'a' }, { name: 'a' }]
    expect(known(one).key).toBe(one)
    expect(known(other).key).toBe(other)
  })
})

describe('mapList', () => {
  test('maps like Array.map, and returns the same list if nothing changes', () => {
    const list = [1, 2, 3]
    expect(mapList(list, each => each)).toBe(list)
    expect(mapList(list, each => (each === 2 ? 5 : each))).toEqual([1, 5, 3])
    expect(mapList(list, (each, position) => each + position)).toEqual([1, 3, 5])
    expect(list).toEqual([1, 2, 3])
  })
})
