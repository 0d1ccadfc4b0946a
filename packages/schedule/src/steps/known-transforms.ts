/** Transforms by name: those of this package, and those that others have defined. */

import * as builtIn from '../transforms/index.ts'
import { definedTransforms, type Transform } from './transform.ts'

// Named as values, so that a bundler keeps the modules that define them: steps written as text need them all.
const own: ReadonlyMap<string, Transform> = new Map(
  Object.values(builtIn).map(({ transform }) => [transform.name, transform as unknown as Transform]),
)

/** The transform of a name, built in or registered; undefined where there is none. */
export const findTransform = (name: string): Transform | undefined =>
  own.get(name) ?? definedTransforms().find(transform => transform.name === name)

/** Every transform that has been defined so far, by name. */
export const listTransforms = (): readonly Transform[] =>
  [...new Set([...own.values(), ...definedTransforms()])].sort((a, b) => (a.name < b.name ? -1 : 1))
