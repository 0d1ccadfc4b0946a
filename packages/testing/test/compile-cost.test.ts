import { expect, test } from 'vitest'
import { inlinedLength } from '../src/trial/compile-cost.ts'

const body = (text: string) => ` -> f32 {\n  ${text}\n}\n`
const entry = (name: string, text: string) => `@compute @workgroup_size(1)\nfn ${name}()${body(text)}`

test('comments cost nothing, and each call of a function costs its body', () => {
  const square = `// long, long, long\nfn square(x: f32)${body('return x * x; // no')}`
  const once = inlinedLength(`${square}${entry('k', 'y = square(2);')}`)
  const twice = inlinedLength(`${square}${entry('k', 'y = square(square(2));')}`)
  const length = (square.match(/x: f32.*;/s)?.[0] ?? '').length
  expect(twice - once - 'square()'.length).toBeGreaterThanOrEqual(length)
  expect(twice - once).toBeLessThan(2 * length)
  expect(inlinedLength(square)).toBe(0)
})

test('functions that call others multiply', () => {
  const functions = [0, 1, 2, 3].map(
    i => `fn f${i}()${body(i === 0 ? 'return 0.0;' : `return f${i - 1}() + f${i - 1}();`)}`,
  )
  const length = inlinedLength(`${functions.join('')}${entry('k', 'y = f3();')}`)
  expect(length).toBeGreaterThan(8 * 'return 0.0;'.length)
})
