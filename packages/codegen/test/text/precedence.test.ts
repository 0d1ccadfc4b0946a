import { describe, expect, test } from 'vitest'
import { atom, call, conditional, infix, member, prefix, subscript } from '../../src/text/precedence.ts'

const [a, b, c] = [atom('a'), atom('b'), atom('c')]

describe('parentheses', () => {
  test.each([
    ['none for a product in a sum', infix('+', infix('*', a, b), c), 'a * b + c'],
    ['a sum in a product', infix('*', infix('+', a, b), c), '(a + b) * c'],
    ['none for a chain to the left', infix('-', infix('-', a, b), c), 'a - b - c'],
    ['the right operand of a sum', infix('+', a, infix('+', b, c)), 'a + (b + c)'],
    ['operands of a shift', infix('<<', infix('+', a, b), infix('*', b, c)), '(a + b) << (b * c)'],
    ['operands of bit operations', infix('|', infix('<<', a, b), infix('&', b, c)), '(a << b) | (b & c)'],
    ['none for a chain of one bit operation', infix('|', infix('|', a, b), c), 'a | b | c'],
    ['none for comparisons under a logical and', infix('&&', infix('<', a, b), infix('<', b, c)), 'a < b && b < c'],
    ['logical operators of two kinds', infix('||', infix('&&', a, b), c), '(a && b) || c'],
    ['a comparison of comparisons', infix('==', infix('<', a, b), c), '(a < b) == c'],
    ['a sign of a sign', prefix('-', prefix('-', a)), '-(-a)'],
    ['none for a sign in a product', infix('*', prefix('-', a), b), '-a * b'],
    ['the object of a member', member(infix('+', a, b), 'x'), '(a + b).x'],
    ['none inside brackets', subscript(a, infix('+', b, c)), 'a[b + c]'],
    ['none for arguments', call('f', infix('+', a, b), c), 'f(a + b, c)'],
    ['a conditional in a conditional', conditional(a, conditional(a, b, c), c), 'a ? (a ? b : c) : c'],
    ['none for a comparison that decides', conditional(infix('<', a, b), a, b), 'a < b ? a : b'],
  ])('%s', (_, printed, text) => {
    expect(printed.text).toBe(text)
  })
})
