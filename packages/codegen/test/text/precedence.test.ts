import { describe, expect, test } from 'vitest'
import { atom, call, conditional, infix, member, prefix, subscript } from '../../src/text/precedence.ts'

const [a, b, c] = [atom('a'), atom('b'), atom('c')]

describe('parentheses', () => {
  test.each([
    ['are not needed for a product in a sum', infix('+', infix('*', a, b), c), 'a * b + c'],
    ['enclose a sum in a product', infix('*', infix('+', a, b), c), '(a + b) * c'],
    ['are not needed for a chain to the left', infix('-', infix('-', a, b), c), 'a - b - c'],
    ['enclose the right operand of a sum', infix('+', a, infix('+', b, c)), 'a + (b + c)'],
    ['enclose the operands of a shift', infix('<<', infix('+', a, b), infix('*', b, c)), '(a + b) << (b * c)'],
    ['enclose the operands of bit operations', infix('|', infix('<<', a, b), infix('&', b, c)), '(a << b) | (b & c)'],
    ['are not needed for a chain of one bit operation', infix('|', infix('|', a, b), c), 'a | b | c'],
    [
      'are not needed for comparisons in a logical and',
      infix('&&', infix('<', a, b), infix('<', b, c)),
      'a < b && b < c',
    ],
    ['separate different logical operators', infix('||', infix('&&', a, b), c), '(a && b) || c'],
    ['enclose a comparison in a comparison', infix('==', infix('<', a, b), c), '(a < b) == c'],
    ['enclose a negation in a negation', prefix('-', prefix('-', a)), '-(-a)'],
    ['are not needed for a negation in a product', infix('*', prefix('-', a), b), '-a * b'],
    ['enclose the object of a member', member(infix('+', a, b), 'x'), '(a + b).x'],
    ['are not needed inside brackets', subscript(a, infix('+', b, c)), 'a[b + c]'],
    ['are not needed for arguments', call('f', infix('+', a, b), c), 'f(a + b, c)'],
    ['enclose a conditional in a conditional', conditional(a, conditional(a, b, c), c), 'a ? (a ? b : c) : c'],
    ['are not needed for the condition of a conditional', conditional(infix('<', a, b), a, b), 'a < b ? a : b'],
  ])('%s', (_, printed, text) => {
    expect(printed.text).toBe(text)
  })
})
