import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFragment, encodeFragment } from '../src/share/fragment.ts'
import { defaultState, type SharedState } from '../src/share/shared-state.ts'

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,11}$/)
const sizes = fc.dictionary(name, fc.nat(), { maxKeys: 3, noNullPrototype: true })
const states: fc.Arbitrary<SharedState> = fc.record({
  kernel: fc.oneof(
    fc.record({ kind: fc.constant('library' as const), name }),
    fc.record({ kind: fc.constant('library' as const), name, element: name }),
  ),
  schedule: fc.oneof(
    fc.record({ kind: fc.constant('named' as const), name }),
    fc.record({
      kind: fc.constant('steps' as const),
      steps: fc.array(fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 40 }), isOn: fc.boolean() })),
    }),
  ),
  fixed: sizes,
  at: sizes,
})

test('a link restores exactly the state that it was made of', async () => {
  await fc.assert(
    fc.asyncProperty(states, async state => {
      expect(await decodeFragment(`#${await encodeFragment(state)}`)).toEqual({ kind: 'state', state })
    }),
  )
})

test('a damaged fragment gives one sentence, and never another state', async () => {
  const whole = await encodeFragment(defaultState)
  const damage = fc.oneof(
    fc.nat(whole.length - 1).map(length => whole.slice(0, length)),
    fc
      .tuple(fc.nat(whole.length - 1), fc.string({ minLength: 1, maxLength: 3 }))
      .map(([at, text]) => whole.slice(0, at) + text + whole.slice(at + 1)),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(damage, async text => {
      const decoded = await decodeFragment(text)
      if (decoded.kind === 'damaged')
        expect(decoded.message).toMatch(/^This link cannot be read: .+\. The page shows its first example instead\.$/)
      else expect(decoded.state).toEqual(defaultState)
    }),
  )
})

test.each([
  ['', 'it does not begin with the number of a format'],
  ['2.abc', 'it has the format 2, and this page reads the format 1'],
  ['1.', 'part of it is missing or was changed on the way'],
])('%j: %s', async (fragment, why) => {
  expect(await decodeFragment(fragment)).toMatchObject({ kind: 'damaged', message: expect.stringContaining(why) })
})

test('content of another shape is named', async () => {
  const other = { ...defaultState, fixed: { D: 1.5 } }
  expect(await decodeFragment(await encodeFragment(other))).toMatchObject({
    message: expect.stringContaining('fixed.D is not what this page writes'),
  })
})

test('a small link that unpacks to a large text is refused', async () => {
  const schedule = { kind: 'steps' as const, steps: [{ text: ' '.repeat(1 << 21), isOn: true }] }
  const fragment = await encodeFragment({ ...defaultState, schedule })
  expect(fragment.length).toBeLessThan(4000)
  expect(await decodeFragment(fragment)).toMatchObject({ kind: 'damaged' })
})
