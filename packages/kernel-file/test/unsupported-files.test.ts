/** What a kernel, a schedule and an import may not be: the exact message of each, with what to write instead behind the arrow. */
import { describe, expect, test } from 'vitest'
import { errorsOf, messagesOf } from './in-memory.ts'

const imports = `import { f32, i8, kernel, max, schedule } from '@qernel/dsl/source'
import { tile } from '@qernel/schedule'
`

/** A kernel that declares T and x f32 [T], with what is added to it, and before and behind it. */
const file = (body: string, before = '', after = '') => `${imports}${before}
export const mine = kernel('mine', ({ size, input, output, inputRecord, outputRecord }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  ${body}
})
${after}`

describe('in a kernel', () => {
  test.each([
    ['', 'it has no output; declare one with output(name, type, dims, value) [definition]'],
    [`output('x', f32, [T], t => 1)`, 'the name x is declared twice [definition]'],
    [
      `output('y', f33, [T], t => 1)`,
      'there is no type f33 [unknown-name] → f32, f16, i32, u32, i3, u3, bf16, i8, u8, i4, u4, i2, u2, f8e4m3, f8e5m2',
    ],
    [
      `output('y', 'f32', [T], t => 1)`,
      'the type is the text "f32" [dtype] → a type of @qernel/dsl/source: f32, f16, bf16, i8, u4, …',
    ],
    [`output('y', f32, T, t => 1)`, 'T is a size [axis] → a size, groups of one, their count, or a whole number'],
    [
      `output('y', f32, [T])`,
      `output needs a function that gives each element, but there is nothing [arguments] → output('y', i8, [T, D], (t, d) => …)`,
    ],
    [`output('y', f32, [T], (t, d) => 1)`, 'the function takes 2 indices, but y has 1 dimension [rank]'],
    [
      `output('y', i8, [T], t => x(t))`,
      'y is i8, but its value is f32 that was not rounded [dtype] → round(…) (ties to even), roundHalfAway(…), floor(…), ceil(…) or trunc(…)',
    ],
    [`output('y', i8, [T], t => 0.5)`, 'y is i8, but its value is 0.5 [dtype] → a whole number'],
    [`output('y', f32, [U], t => 0.5)`, 'there is no U here [unknown-name]'],
    ['output(1, f32, [T], t => 0.5)', `the name of an output is the number 1 [arguments] → a text: 'output'`],
    [
      `output('y', f32, [x], t => 0.5)`,
      'item 1 of [x] is a tensor [axis] → a size, groups of one, their count, or a whole number',
    ],
    [`outputs('y', f32, [T], t => 0.5)`, 'outputs is no function of the kernel language [unknown-function] → output'],
    [
      `output('y', f32, [T], t => scale(t)); const scale = output('scale', f32, [T], t => 1)`,
      'scale is used before it is declared [used-before] → the line that declares scale first',
    ],
    [
      `const y = output('y', f32, [T], t => x(t)); output('z', f32, [T], u => y(u) + x(t))`,
      't exists only in the function whose parameter it is [axis-scope] → an index of this stage, or a reduction that ends around its use: sum(D, t => …)',
    ],
    [`size('T'); output('y', f32, [T], t => x(t))`, 'the name T is declared twice [definition]'],
    [
      `size('S', { atLeast: 2 }); output('y', f32, [T], t => x(t))`,
      'atLeast: the number 2 is no fact of a size [arguments] → { multipleOf: 32 } or { atMost: 4096 }',
    ],
    [`output('y', f32, [T], t => x(t) +)`, 'Expression expected [grammar]'],
    [`output('y', f32, [T], t => x(t)`, `',' expected [grammar]`],
    [`output('y', f32, [T], async t => x(t))`, 'a kernel waits for nothing [async] → a plain function: (t, d) => …'],
    [
      `output('y', f32, [T], function* (t) { yield 1 })`,
      'a kernel has no generators [generator] → a plain function: (t, d) => …',
    ],
    [
      `const { a } = 1; output('y', f32, [T], t => x(t))`,
      'the number 1 has no a [unknown-property] → operators and functions',
    ],
    [`outputRecord('r', [T], { a: 1 })`, 'the field a is the number 1 [arguments] → a: field(f16, (t, b) => …)'],
    [
      `inputRecord('r', [T], { a: f32 }); output('y', f32, [T], t => x(t))`,
      'the field a is a type [arguments] → { type: i8, length: 32 }',
    ],
    [
      `inputRecord('r', [T], { a: { type: f32, length: 'long' } }); output('y', f32, [T], t => x(t))`,
      'the length of the field a is the text "long" [arguments] → a number, or a size',
    ],
  ])('%s', (body, message) => {
    expect(messagesOf(file(body))).toBe(message)
  })
})

describe('in a file', () => {
  test.each([
    ['let m = 2', '', 'a kernel has no variables that can change [let] → const'],
    ['const m = n\nconst n = m', '', 'this constant is defined by itself [cycle] → a number'],
    [`import { m } from './none.ts'`, '', 'there is no file ./none.ts beside mine.kernel.ts [import]'],
    [`import { m } from './other.ts'`, 'export const n = 1', './other.ts exports no m [import] → n'],
    [
      `import { m } from './other.ts'`,
      'export const m = [1].map(async one => one)',
      'a kernel waits for nothing [async] → a plain function: (t, d) => …',
    ],
    [
      `import { m } from 'lodash'`,
      '',
      `a kernel file cannot import lodash [import] → @qernel/dsl/source, @qernel/schedule, or a file: './other.ts'`,
    ],
    [
      `import { readFileSync as m } from 'node:fs'`,
      '',
      `a kernel file cannot import node:fs [import] → @qernel/dsl/source, @qernel/schedule, or a file: './other.ts'`,
    ],
    [`import m from './other.ts'`, 'export default 1', './other.ts exports no default [import]'],
    [
      `import { tiled as m } from '@qernel/schedule'`,
      '',
      'tiled is no transform of @qernel/schedule [import] → tile, vectorize and the other transforms',
    ],
    [`import { foo as m } from '@qernel/dsl/source'`, '', '@qernel/dsl/source has no foo for kernel files [import]'],
    ['enum m { a }', '', `a kernel file has no enums [enum] → a union of literals: 'inner' | 'outer'`],
    ['class m {}', '', 'a kernel has no classes and no objects with methods [class] → functions and constants'],
    ['async function m() {}', '', 'a kernel waits for nothing [async] → a plain function: (t, d) => …'],
    ['const m = () => 1', '', '* needs values, but m is a function [operand]'],
  ])('%s where the other file is %j', (before, other, message) => {
    const text = file("output('y', f32, [T], t => x(t) * m)", before)
    expect(messagesOf(text, { './other.ts': other })).toBe(message)
  })
})

describe('in a schedule', () => {
  test.each([
    [
      `schedule(mine, 'tile(t=')`,
      'a value is expected; schedules are written as tile(t=16,d=16) vectorize(d=4) [steps]',
    ],
    ['schedule(mine, tyle({ t: 8 }))', 'tyle is no function of the kernel language [unknown-function] → tile'],
    ['schedule(mine, tile(8))', 'tile takes an object, but there is the number 8 [arguments] → tile({ t: 16 })'],
    [
      `schedule('mine', tile({ t: 8 }))`,
      `a schedule is of a kernel, but 'mine' is the text "mine" [arguments] → schedule(mine, 'tile(t=16)')`,
    ],
    ['schedule(mine, tile({ t: mine }))', 't of tile is a kernel [arguments] → a number, a text, true or false'],
    ['schedule(mine, 8)', `a step is the number 8 [arguments] → tile({ t: 16 }) or 'tile(t=16)'`],
  ])('%s', (schedule, message) => {
    expect(messagesOf(file("output('y', f32, [T], t => x(t))", '', `export const fast = ${schedule}`))).toBe(message)
  })
})

describe('as a kernel', () => {
  test.each([
    ['kernel(1, () => {})', `the name of a kernel is the number 1 [arguments] → a text: kernel('mine', …)`],
    [
      `kernel('mine')`,
      `a kernel needs a function, but there is nothing [arguments] → kernel('mine', ({ size, input, output }) => { … })`,
    ],
    [
      `kernel('1 2', ({ output }) => { output('y', f32, [2], t => 1) })`,
      `the kernel name '1 2' is not a letter followed by letters, digits and _ (63 at most) [definition]`,
    ],
    [
      `kernel('mine', ({ output }) => { output('y', f32, [2], t => 1) }, 2)`,
      'the summary is the number 2 [arguments] → a text',
    ],
  ])('%s', (kernel, message) => {
    expect(messagesOf(`${imports}export const mine = ${kernel}`)).toBe(message)
  })
})

test('every error is shown at its place, in the order of the file', () => {
  const text = file(
    `const scale = output('scale', f32, [T], t => y(t))
  let u = 1
  output('q', i8, [T], t => x(t, t) / scale(t) + unknown(t))
  output('p', i8, [T], t => {
    const	v = x(t)	+ true
    return max(T, v)
  })`,
  )
  expect(errorsOf(text)).toMatchInlineSnapshot(`
    "mine.kernel.ts:7:48: y is no function of the kernel language [unknown-function]
        const scale = output('scale', f32, [T], t => y(t))
                                                     ^
      instead: functions of this file, of files that it imports, of Math and of @qernel/dsl/source
    mine.kernel.ts:8:7: a kernel has no variables that can change [let]
        let u = 1
            ^^^^^
      instead: const
    mine.kernel.ts:9:29: x has 1 dimension, [T], but is called with 2 indices [rank]
        output('q', i8, [T], t => x(t, t) / scale(t) + unknown(t))
                                  ^^^^^^^
    mine.kernel.ts:9:50: unknown is no function of the kernel language [unknown-function]
        output('q', i8, [T], t => x(t, t) / scale(t) + unknown(t))
                                                       ^^^^^^^
      instead: functions of this file, of files that it imports, of Math and of @qernel/dsl/source
    mine.kernel.ts:11:22: + needs values, but true is the truth value true [operand]
        const v = x(t) + true
                         ^^^^"
  `)
})

test.each([
  ['{ j: f32 }', 'the length of the field a is a type [arguments] → a number, or a size'],
  // What is wrong inside is told there.
  ['{ j: unknown / 2 }', 'there is no unknown here [unknown-name]'],
])('a field of length %s', (length, message) => {
  const text = `import { f32, field, kernel } from '@qernel/dsl/source'
export const mine = kernel('mine', ({ size, input, outputRecord }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  outputRecord('r', [T], { a: field(f32, ${length}, (t, j) => x(t)) })
})`
  expect(messagesOf(text)).toBe(message)
})
