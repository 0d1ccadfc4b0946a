/** What a value of a kernel may not be: the exact message of each, with what to write instead behind the arrow. */
import { expect, test } from 'vitest'
import { fileWith, messagesOf } from './in-memory.ts'

test.each([
  [
    '{ let a = 0; for (let i = 0; i < 4; i++) a += x(t, i); return a }',
    'a kernel has no variables that can change [let] → const a kernel has no loops [loop] → a stage computes every element of its tensor; sum(D, d => …), max(D, d => …) or min(D, d => …) run over an axis',
  ],
  [
    '{ let a = x(t, d); a = a * 2; return a }',
    'a kernel has no variables that can change [let] → const a kernel changes nothing once it has a value [mutation] → a new constant: const y = x + 1',
  ],
  [
    '{ let a = x(t, d); a++; return a }',
    'a kernel has no variables that can change [let] → const a kernel changes nothing once it has a value [mutation] → a new constant: const y = x + 1',
  ],
  ['await x(t, d)', 'a kernel waits for nothing [async] → a plain function: (t, d) => …'],
  ['x(t, d) + Math.random()', 'Math has no random [unknown-property] → round, LN2, LN10, abs, floor, trunc'],
  [
    'foo(x(t, d))',
    'foo is no function of the kernel language [unknown-function] → functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  ],
  [
    'console.log(x(t, d))',
    'console.log is no function of the kernel language [unknown-function] → functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  ],
  [
    `fetch('http://x')`,
    'fetch is no function of the kernel language [unknown-function] → functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  ],
  ['Math.sin(x(t, d))', 'Math has no sin [unknown-property] → min, sign, PI, E, LN2, abs'],
  [
    'Math.round(x(t, d))',
    'Math.round works only on numbers that are known when the file is read [math] → round(x), ties to even, or roundHalfAway(x) of @qernel/dsl/source: Math.round rounds ties up',
  ],
  [
    'Math.max(x(t, d), 0)',
    'Math.max works only on numbers that are known when the file is read [math] → max(a, b) of @qernel/dsl/source: a NaN loses there, while Math.max returns it',
  ],
  [
    '[1, 2, 3][q(t, d)]',
    `the key q(t, d) is an i32 value, which is not known when the file is read [dynamic-property] → a table of values is an input: const table = input('table', f32, [16])`,
  ],
  [
    '({ a: 1 })[x(t, d)]',
    `the key x(t, d) is an f32 value, which is not known when the file is read [dynamic-property] → a table of values is an input: const table = input('table', f32, [16])`,
  ],
  [
    `'a' + x(t, d)`,
    `'a' is text; a kernel computes with numbers [text] → text is for names and for comparisons with ===`,
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the kernel file.
  ['`${x(t, d)}`', 'x(t, d) is an f32 value, of which no text can be made [text] → numbers and texts that are known'],
  ['x(t)', 'x has 2 dimensions, [T, D], but is called with 1 index [rank]'],
  ['x(t, d, 1)', 'x has 2 dimensions, [T, D], but is called with 3 indices [rank]'],
  ['x[t]', 'x is a tensor, which is called [call] → x(t)'],
  ['x(x(t, d), d)', 'index 1 of x is an f32 value [dtype] → saturate(round(x(t, d)), i32)'],
  ['x(0.5, d)', 'index 1 of x is the number 0.5 [dtype] → an index, a whole number or an integer value'],
  [
    'k.dot(16, e => x(t, e))',
    'the function of dot gives an f32 value [operand] → two factors of type f32: [x(t, d), y(d)]',
  ],
  [
    'k.dot(16, e => [x(t, e), q(t, e)])',
    'the function of dot gives a list [operand] → two factors of type f32: [x(t, d), y(d)]',
  ],
  ['k.dot(x(t, d), 2)', 'dot needs a function [arguments] → dot(D, d => [x(t, d), y(d)])'],
  ['x + 1', '+ needs values, but x is a tensor [operand] → one element of it: x(…)'],
  ['-x', '- needs f32 or i32, but x is a tensor [dtype] → one element of it: x(…)'],
  ['q(t, d) * 0.5', '0.5 is no i32, but q(t, d) is i32 [dtype] → toF32(q(t, d)), or a whole number'],
  ['q(t, d) * x(t, d)', '* mixes types: q(t, d) is i32 and x(t, d) is f32 [dtype] → toF32(q(t, d))'],
  ['q(t, d)', 'y is f32, but its value is i32 [dtype] → toF32(…)'],
  ['x(t, d) < 0', 'y is f32, but its value is a comparison [dtype] → condition ? 1 : 0'],
  ['x(t, d) & 3', '& works on bits of integers, but x(t, d) is f32 [dtype] → saturate(round(x(t, d)), i32)'],
  [
    'q(t, d) / 2',
    'q(t, d) is i32, and integers have no division [dtype] → toF32(q(t, d)) / …, or >> for powers of two',
  ],
  ['q(t, d) >>> 2', 'q(t, d) is i32, whose highest bit is the sign [dtype] → q(t, d) >> …'],
  ['q(t,d) % 3', '% needs f32, but q(t,d) is i32 [dtype] → & for powers of two: q(t,d) & 31'],
  ['x(t, d) ? 1 : 0', 'a condition is a comparison, but x(t, d) is an f32 value [dtype] → x(t, d) !== 0'],
  ['x(t, d) && 1', '&& joins comparisons, but x(t, d) is f32 [dtype] → x(t, d) !== 0'],
  ['x(t, d) == 0', '== is not part of the kernel language [loose-equality] → ==='],
  ['x(t, d) ?? 0', 'everything in a kernel is there, so ?? has no use [syntax] → the value'],
  [
    '(x(t, d) < 0) + 1',
    '1 is no comparison, but x(t, d) < 0 is a comparison [dtype] → a number for both cases: x(t, d) < 0 ? 1 : 0',
  ],
  [
    '(x(t,d) < 0) === (x(t,d) > 1)',
    '=== does not compare comparisons [dtype] → x(t,d) < 0 && …, x(t,d) < 0 || … or !(x(t,d) < 0)',
  ],
  [
    'x(t, d) ** x(t, d)',
    'the exponent x(t, d) of ** is an f32 value [exponent] → a whole number from 1 to 16, sqrt(x), 1 / x ** 2, or 2 ** x',
  ],
  [
    'x(t, d) ** 0.5',
    'the exponent of ** is 0.5 [exponent] → a whole number from 1 to 16, sqrt(x), 1 / x ** 2, or 2 ** x',
  ],
  [
    '3 ** x(t, d)',
    'the exponent x(t, d) of ** is an f32 value [exponent] → a whole number from 1 to 16, sqrt(x), 1 / x ** 2, or 2 ** x',
  ],
  ['max(D, d => x(t, d)) + x(t, e)', 'there is no e here [unknown-name]'],
  [
    'max(D, e => x(t, e)) + x(t, e)',
    'e exists only in the function whose parameter it is [axis-scope] → an index of this stage, or a reduction that ends around its use: sum(D, e => …)',
  ],
  ['sum(x(t, d))', 'sum takes 2 arguments, but 1 is given [arguments]'],
  ['max(x, d => 1)', 'x is a tensor [axis] → a size, groups of one, the elements of a group, or a whole number'],
  ['max([T, D], (a, b, c) => x(a, b))', 'the function takes 3 indices, but the reduction runs over 2 axes [rank]'],
  ['clamp(x(t, d), 0)', 'clamp takes 3 arguments, but 2 are given [arguments]'],
  ['round(q(t, d))', 'round needs f32, but q(t, d) is i32 [dtype] → toF32(q(t, d))'],
  ['new Float32Array(3)[0]', 'a kernel has no classes and no objects with methods [class] → functions and constants'],
  ['x?.(t, d)', 'everything in a kernel is there, so ?. has no use [optional-chain] → a plain . or a plain call'],
  [
    '(x(t, d), 1)',
    'the comma is not part of the kernel language [syntax] → constants, functions, if, return, operators and calls',
  ],
  ['null', 'null is no value of a kernel [null] → a number'],
  ['undefined', 'the function of y returns nothing [dtype] → return …'],
  ['{ }', 'the function of y returns nothing [dtype] → return …'],
  ['() => 1', 'the function of y gives a function [dtype] → a value'],
  ['t', 'y is f32, but its value is i32 [dtype] → toF32(…)'],
  ['t * x(t, d)', '* mixes types: t is i32 and x(t, d) is f32 [dtype] → toF32(t)'],
  ['D', 'y is f32, but its value is i32 [dtype] → toF32(…)'],
  ['x(t, d) / D', '/ mixes types: x(t, d) is f32 and D is i32 [dtype] → toF32(D)'],
  ['toF32(x(t, d) > 0)', 'toF32 needs a number, but x(t, d) > 0 is a comparison [dtype]'],
  ['saturate(x(t, d), f32)', 'saturate needs an integer type, but f32 is a float [dtype] → narrow(x(t, d), f32)'],
  [
    'saturate(x(t, d), i8)',
    'x(t, d) is f32 that was not rounded [dtype] → round(…) (ties to even), roundHalfAway(…), floor(…), ceil(…) or trunc(…)',
  ],
  ['x(t, d).toFixed(2)', 'an f32 value has no toFixed [unknown-property] → operators and functions'],
  ['typeof x', 'a kernel does not ask for types [typeof] → a type that is written down'],
  ['1n', 'a kernel has no bigint numbers [bigint] → a plain number: 255'],
  [
    '/a/',
    'a kernel computes with numbers, not with text [text] → numbers, comparisons and functions of @qernel/dsl/source',
  ],
  ['k.round(x(t, d)) + k.foo(1)', 'k has no foo [unknown-property] → floor, fma, f32, f16, dot, abs'],
  ['abs(abs)', 'abs needs values, but abs is a function [operand]'],
  ['!x(t,d)', '! needs a comparison, but x(t,d) is an f32 value [dtype]'],
  ['~x(t, d)', '~ needs an integer, but x(t, d) is an f32 value [dtype]'],
  ['this', 'a kernel has no classes and no objects with methods [class] → functions and constants'],
  ['process.env.HOME', 'there is no process here [unknown-name]'],
  [
    `require('fs')`,
    'require is no function of the kernel language [unknown-function] → functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  ],
  [
    `import('fs')`,
    `a kernel loads nothing while it runs [dynamic-import] → import { name } from './file.ts' and export const name = …`,
  ],
  [
    `eval('1')`,
    'eval is no function of the kernel language [unknown-function] → functions of this file, of files that it imports, of Math and of @qernel/dsl/source',
  ],
  [
    'x(t, d) + 1e39',
    'the number 1e+39 is beyond f32; the nearest is 3.4028234663852886e+38, and an infinity is written Infinity [definition]',
  ],
  ['T.groups(2.5)', 'the length of groups of T is 2.5; a whole number from 1 to 2147483647 is expected [definition]'],
  [
    'D.groups(32).of(d)',
    'd is an index that was not opened as these groups [axis] → an index of an axis that is these groups: output(…, { t: T, d: groups }, (t, d) => …)',
  ],
  ['sqrt(x(t,d))', `sqrt is not imported [unknown-name] → import { sqrt } from '@qernel/dsl/source'`],
  [
    '{ if (x(t, d) > 0) { const a = 1 } return 1 }',
    'an if whose condition is a value of the kernel must return on both sides [if] → if (…) return a; return b, or condition ? a : b',
  ],
  [
    '{ if (x(t, d) > 0) return 1 }',
    'an if whose condition is a value of the kernel must return on both sides [if] → if (…) return a; return b, or condition ? a : b',
  ],
  ['{ switch (1) {} return 1 }', 'a kernel has no switch [switch] → condition ? a : b, or if (…) return a'],
  [
    '{ try { return 1 } catch { } }',
    'a kernel throws and catches nothing [exception] → a value for every case: condition ? a : b',
  ],
  ['{ throw 1 }', 'a kernel throws and catches nothing [exception] → a value for every case: condition ? a : b'],
  ['{ class A {} return 1 }', 'a kernel has no classes and no objects with methods [class] → functions and constants'],
  ['[1, ...[2]].length', 'a kernel spreads no lists [spread] → the items, one by one'],
  [
    '(({ ...r }) => 1)({})',
    'a function of a kernel takes a fixed number of parameters [spread] → the parameters, one by one',
  ],
  [
    '((...r) => 1)(1)',
    'a function of a kernel takes a fixed number of parameters [spread] → the parameters, one by one',
  ],
  [
    'x(t, d) in x',
    'the operator in is not part of the kernel language [syntax] → constants, functions, if, return, operators and calls',
  ],
  ['x(t, -1)', 'index 2 of x is the number -1 [dtype] → an index, a whole number or an integer value'],
  ['x(t, d + 1.5)', '1.5 is no i32, but d is i32 [dtype] → toF32(d), or a whole number'],
  [
    '(function f() { return f() })()',
    'a function of a kernel may not call itself [recursion] → a reduction: sum(D, d => …)',
  ],
  ['((a) => a)()', 'nothing is given for the parameter a [arguments] → a = …, or one more argument'],
  [
    '{ function f(a: number): number { return g(a) } function g(a: number): number { return f(a) } return f(x(t, d)) }',
    'a function of a kernel may not call itself [recursion] → a reduction: sum(D, d => …)',
  ],
])('%s', (value, message) => {
  expect(messagesOf(fileWith(value))).toBe(message)
})
