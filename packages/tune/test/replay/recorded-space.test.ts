import { expect, test } from 'vitest'
import { readRecordedSpace } from '../../src/index.ts'
import { tinyJson } from './small-space.ts'

test('a recorded space has the outcome of every candidate', () => {
  const space = readRecordedSpace(tinyJson)
  const all = [...space.candidates()]
  expect(space.size).toBe(8)
  expect(all[3]?.parameters).toEqual({ x: 1, y: 'b' })
  expect(all.map(candidate => space.outcome(candidate).class).filter(each => each !== 'correct')).toEqual([
    'compile error',
  ])
  expect(space.outcome(all[7] as (typeof all)[number]).time).toBe(1000)
})

test('neighbours differ in one parameter, the nearest values first', () => {
  const space = readRecordedSpace(tinyJson)
  const [first] = space.candidates()
  expect(space.neighbours(first as NonNullable<typeof first>).map(({ id }) => id)).toEqual([
    'x=1,y=a',
    'x=2,y=a',
    'x=3,y=a',
    'x=0,y=b',
  ])
})

test.each([
  ['not an object', 7, 'the file'],
  ['an index that is none', { ...tinyJson, rows: [[9, 0, 1, 1, 'correct']] }, 'row 0: 9 is no index into x'],
  ['an unknown class', { ...tinyJson, rows: [[0, 0, null, 1, 'odd']] }, 'row 0: odd is none of correct, compile'],
  [
    'a failure with a time',
    { ...tinyJson, rows: [[0, 0, 3, 1, 'runtime']] },
    'row 0: a row has a time exactly if it is correct',
  ],
  [
    'two rows of one candidate',
    { ...tinyJson, rows: [...tinyJson.rows, [0, 0, 8, 1, 'correct']] },
    'row 8: a candidate has two rows',
  ],
])('%s is refused', (_, json, message) => expect(() => readRecordedSpace(json)).toThrow(message))
