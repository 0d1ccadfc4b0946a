import { describe, expect, it } from 'vitest'
import { changes } from '../../src/nest/changed-lines.ts'

describe('changes between two nests', () => {
  const signs = { same: ' ', added: '+', removed: '-' }
  const lines = (text: string) => text.split('\n').map(line => ({ text: line }))
  const shown = (before: string, after: string) =>
    changes(lines(before), lines(after)).map(({ change, text }) => signs[change] + text)

  it('a line that only moved deeper is unchanged', () => {
    expect(shown('a\nb', 'x\n  a\nb')).toEqual(['+x', '   a', ' b'])
  })
  it('a removed line is shown where it was', () => {
    expect(shown('a\nb\nc', 'a\nc')).toEqual([' a', '-b', ' c'])
  })
  it('a changed line is shown as removed and added', () => {
    expect(shown('a\nb', 'a\nB')).toEqual([' a', '-b', '+B'])
  })
  it('texts with nothing in common are replaced', () => {
    expect(shown('a', 'b\nc')).toEqual(['-a', '+b', '+c'])
  })
})
