import { f32, kernel, max } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, type Step } from '../../src/index.ts'
import { defaultNest } from '../../src/internal.ts'

const rows = kernel('rows', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('scale', f32, { t: T }, t => max({ d: D }, d => x(t, d)))
})
const again = (text: string): readonly Step[] => parseSteps(text)
const same = { ...rows }

describe('schedules that begin with the same steps', () => {
  test('share the nests of these steps', () => {
    const one = applySchedule(rows, again('split(loop=t,by=8) bind(t=grid.x)'))
    const other = applySchedule(rows, again('split(loop=t,by=8) bind(t=grid.y)'))
    expect(other.history[0]).toBe(one.history[0])
    expect(other.history[1]).toBe(one.history[1])
    expect(other.nest).not.toBe(one.nest)
    expect(nestText(other.nest)).toContain('grid.y t in T/8')
  })

  test('give the same nests as when they are applied alone', () => {
    const schedules = [
      'split(loop=t,by=8) bind(t=grid.x,t_in=block.y)',
      'split(loop=t,by=8) splitReduction(d=32,combine=shared) bind(t=grid.x,t_in=block.y,d_in=block.x)',
      'split(loop=t,by=4) splitReduction(d=32,combine=shared) bind(t=grid.x,t_in=block.y,d_in=block.x)',
      'tile(t=16)',
    ]
    for (const order of [schedules, [...schedules].reverse()])
      for (const text of order) {
        const alone = applySchedule({ ...rows }, again(text))
        expect(applySchedule(rows, again(text)).history.map(nestText)).toEqual(alone.history.map(nestText))
      }
  })

  test('share nothing that depends on the target or on fixed sizes', () => {
    const text = 'splitReduction(d=32,combine=subgroup)'
    expect(() => applySchedule(rows, again(text), { hasSubgroups: true })).not.toThrow()
    expect(() => applySchedule(rows, again(text), { hasSubgroups: false })).toThrow(/subgroup/)
    expect(() => applySchedule(rows, again(text), { hasSubgroups: true })).not.toThrow()
    const fixed = new Map([['D', 48]])
    expect(applySchedule(rows, [], { fixed }).nest.fixed).toEqual(fixed)
    expect(applySchedule(rows, []).nest.fixed.size).toBe(0)
    expect(defaultNest(rows, new Map([['D', 48]]))).toBe(defaultNest(rows, fixed))
    expect(defaultNest(rows, new Map([['D', 64]])).fixed.get('D')).toBe(64)
  })

  test('share nothing between two kernels', () => {
    expect(defaultNest(same)).not.toBe(defaultNest(rows))
    expect(applySchedule(same, again('tile(t=4)')).nest.kernel).toBe(same)
  })
})
