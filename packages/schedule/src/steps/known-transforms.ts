/** Finds transforms by name: those of this package, and those defined elsewhere. */

import * as builtIn from '../transforms/index.ts'
import { definedTransforms, type Transform } from './transform.ts'

// Used as values, so that a bundler keeps the modules that define them: steps written as text need them all.
const own: ReadonlyMap<string, Transform> = new Map(
  Object.values(builtIn).map(({ transform }) => [transform.name, transform as unknown as Transform]),
)

/** The transform with this name, built in or registered; undefined if there is none. */
export const findTransform = (name: string): Transform | undefined =>
  own.get(name) ?? definedTransforms().find(transform => transform.name === name)

/** Every transform that has been defined so far. */
export const listTransforms = (): readonly Transform[] =>
  [...new Set([...own.values(), ...definedTransforms()])].sort((a, b) => (a.name < b.name ? -1 : 1))
