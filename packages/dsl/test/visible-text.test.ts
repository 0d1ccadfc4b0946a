import { expect, test } from 'vitest'
import { linesOfText, visibleJson, visibleLines, visibleText } from '../src/internal.ts'

const spoof = 'a\r\u001b[2Kb: identical\n\u009b8m\u202e\u2028\u2029\u0085\u200b\ud800 é 中 🙂'

test('characters that move the cursor or reverse the text are shown as escapes', () => {
  expect(visibleText(spoof)).toBe(
    'a\\x0d\\x1b[2Kb: identical\\x0a\\x9b8m\\u{202e}\\u{2028}\\u{2029}\\x85\\u{200b}\\u{d800} é 中 🙂',
  )
  expect(visibleLines('a\n\tb\r')).toBe('a\n\tb\\x0d')
})

test('every unprintable Unicode character is shown as an escape', () => {
  const kept = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter(
    character => visibleText(character) === character,
  )
  expect(
    kept.filter(character => /[\p{C}\p{Zl}\p{Zp}]/u.test(character) && !/[\p{Cn}\p{Co}]/u.test(character)),
  ).toEqual([])
})

test('escaping does not change the value of JSON', () => {
  const value = { [spoof]: [spoof, '\u{e0001}'] }
  const text = visibleJson(JSON.stringify(value))
  expect(JSON.parse(text)).toEqual(value)
  expect(visibleText(text)).toBe(text)
})

test('lines end wherever any language ends them', () => {
  expect(linesOfText('a\nb\r\nc\vd\fe\u0085f\u2028g\u2029')).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
})
