import { describe, expect, test } from 'vitest'
import { parseTemplate, printTemplate } from '../../src/space/template.ts'

const valuesOf = (text: string) => parseTemplate(text).steps.map(step => step.arguments.map(each => each.values))

describe('parseTemplate', () => {
  test('reads alternatives, ranges that double, and optional steps', () => {
    const { steps } = parseTemplate('tile(t={1,2,4,8},d={64..1024}) vectorize(d={4,8}) coarsen(t={1..8})?')
    expect(steps).toEqual([
      {
        transform: 'tile',
        optional: false,
        arguments: [
          { name: 't', values: [1, 2, 4, 8] },
          { name: 'd', values: [64, 128, 256, 512, 1024] },
        ],
      },
      { transform: 'vectorize', optional: false, arguments: [{ name: 'd', values: [4, 8] }] },
      { transform: 'coarsen', optional: true, arguments: [{ name: 't', values: [1, 2, 4, 8] }] },
    ])
  })

  test.each([
    ['tile(d={3..20})', [[[3, 6, 12]]]],
    ['tile(d={1,3,4..16,4})', [[[1, 3, 4, 8, 16]]]],
    ['coarsen(d=2,order={strided,blocked})', [[[2], ['strided', 'blocked']]]],
    [' tile( t = { 1 , 2 } )\n?', [[[1, 2]]]],
  ])('%s', (text, values) => expect(valuesOf(text)).toEqual(values))

  test('arguments with the same $name share a choice', () => {
    const { steps } = parseTemplate('tile(t=$rows,d=64) coarsen(t=$rows)', { rows: [2, 4] })
    expect(steps.flatMap(step => step.arguments.filter(each => each.choice === 'rows'))).toHaveLength(2)
  })

  test('prints what it reads', () => {
    const text = 'tile(t={1,2},d=64,stage=q) vectorize(d={4,8})? cache(buffer=x,memory=shared)'
    expect(printTemplate(parseTemplate(text))).toBe(text)
  })

  test.each([
    ['tile(t={1,2', '} is expected', 11],
    ['tyle(t=1)', "unknown transform 'tyle'; did you mean tile?", 0],
    ['coarsen(d=2,order={stridden})', "unknown value of order 'stridden'; did you mean strided?", 12],
    ['cache(bufer=x)', "unknown argument of cache 'bufer'; did you mean buffer?", 6],
    ['tile(t={8..2})', '8..2 is not a range', 8],
    ['tile(t={0,1})', 't=0 is not valid', 5],
    ['tile(t=1,t=2)', 'the argument t is given twice', 9],
    ['tile(t={})', 'a value is expected', 8],
    ['tile(t=$row)', "unknown choice 'row'", 7],
    ['', 'a step, such as tile(t={1..8},d={64..1024}) is expected', 0],
  ])('%s: %s', (text, message, at) => {
    const told = (() => {
      try {
        parseTemplate(text)
      } catch (error) {
        return String(error)
      }
      return 'nothing'
    })()
    expect(told).toContain(message)
    expect(told.split('\n')[1]).toMatch(new RegExp(`^ {${at}}\\^`))
    expect(told).toContain('allowed: ')
  })
})
