/** Constants of a definition keep their names in loops, and so in code; the hash does not depend on them. */
import { kernelHash } from '@qernel/dsl'
import { nestText } from '@qernel/schedule'
import { defaultNest } from '@qernel/schedule/internal'
import { expect, test } from 'vitest'
import { lowerText } from './in-memory.ts'

const softmax = (names: Readonly<Record<string, string>> = {}): string =>
  `import { exp, f32, kernel, max, sum } from '@qernel/dsl/source'

export const softmax = kernel('softmax', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, [T, D], (t, d) => {
    const largest = max(D, e => x(t, e))
    const total = sum(D, e => exp(x(t, e) - largest))
    const p = exp(x(t, d) - largest) / total
    const pair = [p * 2, 1]
    const first = pair[0]
    return p * first + first
  })
})
`.replace(/\b(largest|total|p|first)\b/g, name => names[name] ?? name)

test('in loops', () => {
  expect(nestText(defaultNest(lowerText(softmax()).kernel))).toMatchInlineSnapshot(`
    "serial t in T
      serial d in D
        register largest: f32[]
        register total: f32[]
        largest[] = -Infinity
        serial e in D (reduce)
          largest[] = max(largest[], x[t, e])
        total[] = 0
        serial e in D (reduce)
          total[] += exp((x[t, e] − largest))
        p = (exp((x[t, d] − largest)) / total)
        value1 = (p · 2)
        y[t, d] = ((p · value1) + value1)"
  `)
})

test('a name that a tensor or a size has is not used', () => {
  const loops = nestText(defaultNest(lowerText(softmax({ largest: 'z', p: 'T' }).replaceAll("'y'", "'z'")).kernel))
  expect(loops).toMatchInlineSnapshot(`
    "serial t in T
      serial d in D
        register z_max: f32[]
        register total: f32[]
        z_max[] = -Infinity
        serial e in D (reduce)
          z_max[] = max(z_max[], x[t, e])
        total[] = 0
        serial e in D (reduce)
          total[] += exp((x[t, e] − z_max))
        value1 = (exp((x[t, d] − z_max)) / total)
        value2 = (value1 · 2)
        z[t, d] = ((value1 · value2) + value2)"
  `)
})

test('not in the hash', () => {
  const renamed = lowerText(softmax({ largest: 'most', total: 'all', p: 'share', first: 'u' }))
  expect(kernelHash(renamed.kernel)).toBe(kernelHash(lowerText(softmax()).kernel))
})
