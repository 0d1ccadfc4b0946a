import { describe, expect, test } from 'vitest'
import { parseExpression } from '../../src/formats/t1-expression.ts'
import { readT1 } from '../../src/index.ts'

const value = (text: string, names: Record<string, number | string | boolean> = {}) =>
  parseExpression(text)(new Map(Object.entries(names)))

describe('expressions of T1', () => {
  // Values as Python computes them.
  test.each([
    ['[16, 32, 48]', [16, 32, 48]],
    ['[2**i for i in range(0, 6)]', [1, 2, 4, 8, 16, 32]],
    ['[1, 2, 4] + list(range(32, 128+1, 32))', [1, 2, 4, 32, 64, 96, 128]],
    ['[16*i for i in range(1,9) if i % 2 == 0]', [32, 64, 96, 128]],
    ['list(range(5, 0, -2))', [5, 3, 1]],
    ['[\'a\', "b"]', ['a', 'b']],
    ['(1, 2,)', [1, 2]],
    ['-2 ** 2', -4],
    ['2 ** -1', 0.5],
    ['2 ** 3 ** 2', 512],
    ['-7 // 2', -4],
    ['-7 % 3', 2],
    ['7 % -3', -2],
    ['1 + 2 * 3 - 4 / 2', 5],
    ['not 1 == 2', true],
    ['1 < 2 < 3', true],
    ['3 > 2 == 2', true],
    ['3 > 2 > 2', false],
    ['0 or 5', 5],
    ['0 and 5', 0],
    ['2 in [1, 2]', true],
    ['2 not in [1, 2]', false],
    ['min(3, 1) + max([4, 2]) + abs(-1) + len([1, 2]) + sum([1, 2])', 11],
    ['!(1 == 1) || 2 != 3 && 1', 1],
    ['True + 1', 2],
    ['.5 + 1e1', 10.5],
  ])('%s', (text, expected) => expect(value(text)).toEqual(expected))

  test('names have values', () => {
    expect(value('32 <= x * y <= 1024', { x: 32, y: 32 })).toBe(true)
    expect(value('kind == "wide"', { kind: 'wide' })).toBe(true)
  })

  test.each([
    ['1 +', 'a value is expected at the end'],
    ['(1', ') is expected at the end'],
    ['[1 2]', "] is expected at position 4, '2'"],
    ['1 ? 2', "'?' at position 3 is not understood"],
    ['__import__("os")', 'there is no function __import__'],
    ['constructor(1)', 'there is no function constructor'],
    ['x.y', "'.' at position 2"],
    ['1 // 0', '1 // 0 has no value'],
    ['range(10**9)', 'more than 100000 elements'],
    ['1 < [2]', '[2] is not a number'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, 'nested more than'],
    ['nothing', 'there is no parameter nothing'],
  ])('%s is refused', (text, message) => expect(() => value(text)).toThrow(message))
})

/** In the form of the files of the benchmark hub. */
const file = {
  ConfigurationSpace: {
    TuningParameters: [
      { Name: 'rows', Type: 'int', Values: '[1, 2, 4]', Default: 1 },
      { Name: 'columns', Type: 'int', Values: '[2**i for i in range(6, 9)]', Default: 64 },
      { Name: 'wide', Type: 'bool', Values: '[True, False]' },
      { Name: 'unused', Type: 'int', Values: '[7]' },
    ],
    Conditions: [{ Expression: 'rows * columns <= 256 and wide', Parameters: ['rows', 'columns'] }],
  },
  KernelSpecification: {},
  Budget: [{ Type: 'ConfigurationCount', BudgetValue: 200 }],
}

describe('readT1', () => {
  test('gives choices for templates, a constraint and a budget', () => {
    const { choices, constraint, budget } = readT1(file)
    expect(choices).toEqual({ rows: [1, 2, 4], columns: [64, 128, 256], wide: ['true', 'false'], unused: [7] })
    expect(constraint({ rows: 4, columns: 64 }, [])).toBe(true)
    expect(constraint({ rows: 4, columns: 128 }, [])).toBe(false)
    expect(constraint({ rows: 1, columns: 64, wide: 'false' }, [])).toBe(false)
    expect(budget).toEqual({ candidates: 200 })
  })

  const changed = (parameter: object, condition?: string) => ({
    ConfigurationSpace: {
      TuningParameters: [{ Name: 'rows', Type: 'int', Values: '[1]', ...parameter }],
      Conditions: condition === undefined ? [] : [{ Expression: condition }],
    },
  })
  test.each([
    [[], 'not a T1 file: ConfigurationSpace'],
    [changed({ Type: 'complex' }), 'ConfigurationSpace.TuningParameters.0.Type'],
    [changed({ Values: '[]' }), 'the values of rows are not a list with at least one value'],
    [changed({ Values: '[[1]]' }), 'the values of rows include a list'],
    [changed({ Values: '[1,,2]' }), 'the values of rows: a value is expected at position 4'],
    [changed({}, 'colums > 1'), 'the condition colums > 1: there is no parameter colums; there are rows'],
  ])('refuses what is none: %#', (json, message) => expect(() => readT1(json)).toThrow(message))
})
