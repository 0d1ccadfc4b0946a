/** The required shapes of parsed JSON, as valibot schemas, and the messages about values that differ. */
import * as v from 'valibot'

/** A JSON object, not a list or null, with at least these members. The message of each member's schema says what it must be. */
export const jsonObject = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.custom<v.InferInput<v.LooseObjectSchema<Entries, undefined>>>(
      value => v.is(v.looseObject({}), value) && !Array.isArray(value),
      'an object',
    ),
    v.looseObject(entries),
  )

/** An object with members of any name. */
export const anyObject = jsonObject({})

/** One of several words. */
export const word = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, `one of ${words.join(', ')}`)

/**
 * What is wrong, as a sentence: `settings.rounds is missing`, `settings.rounds is not a number`.
 * @param whole the name of the value itself
 */
export function shapeProblem([issue]: readonly [v.BaseIssue<unknown>, ...unknown[]], whole = 'it'): string {
  const path = v.getDotPath(issue) ?? whole
  return issue.received === 'undefined' ? `${path} is missing` : `${path} is not ${issue.message}`
}
