/** The parts of a message to a person; the caller decides how to show them. */
import { likelyMeant, nearest } from './nearest.ts'

/** The parts of an error message. */
export interface MessageParts {
  /** What is wrong, in one line, without a full stop: "no tensor 'keys'". */
  readonly what: string
  /** Where: an option, a file, a tensor in a file. */
  readonly where?: string
  /** The valid choices, the nearest first, or the rule in words. */
  readonly allowed?: readonly string[] | string
  /** The one valid choice that was probably meant. */
  readonly nearest?: string
  /** What to do about it, in one line. */
  readonly hint?: string
}

/**
 * The message about an unknown name: it lists the valid ones, the nearest first.
 *
 * @param kind what is named, in the singular: "kernel", "option", "tensor"
 */
export function unknownNameParts(
  kind: string,
  name: string,
  candidates: Iterable<string>,
  parts: Pick<MessageParts, 'where' | 'hint'> = {},
): MessageParts {
  const all = [...candidates]
  const meant = likelyMeant(name, all)
  return {
    what: `unknown ${kind} '${name}'`,
    ...parts,
    allowed: all.length > 0 ? nearest(name, all) : `there is no ${kind} to choose from`,
    ...(meant === undefined ? {} : { nearest: meant }),
  }
}
