/** Thrown for an invalid kernel definition. The message names the stage, the operand and what is expected. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
}

/** The parts under construction, innermost last: kernel, stage, reduction. Construction is synchronous, so one stack suffices. */
const places: string[] = []

/** Runs `build` with `place` added to the location in messages. */
export function within<T>(place: string, build: () => T): T {
  places.push(place)
  try {
    return build()
  } finally {
    places.pop()
  }
}

/** The place that is being built, for messages. */
export const here = (): string => (places.length === 0 ? 'outside a kernel' : places.join(', '))
