/** What a link restores: everything that a visitor chose, as plain data. */
import * as v from 'valibot'
import type { Subject } from '../protocol.ts'

const word = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/), v.maxLength(80))
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const sizes = v.record(word, size)
const stepText = v.strictObject({ text: v.pipe(v.string(), v.maxLength(2000)), isOn: v.boolean() })

/** Texts stay texts: the compiler parses them, and nothing executes them. */
export const sharedState = v.strictObject({
  kernel: v.variant('kind', [
    v.strictObject({ kind: v.literal('library'), name: word, element: v.exactOptional(word) }),
    v.strictObject({
      kind: v.literal('text'),
      text: v.pipe(v.string(), v.maxLength(100_000)),
      name: v.exactOptional(word),
      set: v.exactOptional(v.record(word, v.pipe(v.string(), v.maxLength(80)))),
    }),
  ]),
  schedule: v.variant('kind', [
    v.strictObject({ kind: v.literal('named'), name: word }),
    v.strictObject({ kind: v.literal('steps'), steps: v.pipe(v.array(stepText), v.maxLength(200)) }),
  ]),
  fixed: sizes,
  at: sizes,
})

export type SharedState = v.InferOutput<typeof sharedState> & Subject

/** What the page shows when it is opened without a link. */
export const defaultState: SharedState = {
  kernel: { kind: 'library', name: 'int8_per_channel' },
  schedule: { kind: 'named', name: 'vectorized' },
  fixed: {},
  at: {},
}
