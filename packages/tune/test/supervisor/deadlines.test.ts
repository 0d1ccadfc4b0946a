import { expect, it } from 'vitest'
import { type DeadlineOptions, Deadlines } from '../../src/supervisor/deadlines.ts'

const all = (deadlines: Deadlines) => (['lower', 'load', 'run'] as const).map(stage => deadlines.secondsFor(stage))

it.each<[DeadlineOptions, boolean, number[]]>([
  [{}, false, [60, 60, 10]],
  [{}, true, [60, 60, 60]],
  [{ compileSeconds: 5, runSeconds: 3 }, false, [5, 5, 3]],
  [{ compileSeconds: 5, runSeconds: 3 }, true, [5, 5, 3]],
])('allows the least times of %o, on software %s', (options, isSoftware, expected) => {
  const deadlines = new Deadlines(options)
  deadlines.isSoftware = isSoftware
  expect(all(deadlines)).toEqual(expected)
})

it('allows a multiple of the fastest of the same stage where that is more', () => {
  const deadlines = new Deadlines({ compileSeconds: 5, runSeconds: 3, factor: 10 })
  deadlines.observe('run', 2)
  deadlines.observe('run', 0.5)
  deadlines.observe('run', 1)
  expect(all(deadlines)).toEqual([5, 5, 5])
  deadlines.observe('run', 0.1)
  deadlines.observe('load', 4)
  expect(all(deadlines)).toEqual([5, 40, 3])
})
