import { likelyMeant, nearest } from './nearest.ts'

/** What a message about bad usage or bad input says, each part once. */
export interface UsageErrorParts {
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
  /** Lines that show the place: a loop nest with carets, the text of a schedule. */
  readonly details?: readonly string[]
}

/**
 * Bad usage or bad input: the fault of what was typed or of a file, never of this program. The command ends with exit
 * code 2 and prints the parts, without a stack.
 */
export class UsageError extends Error implements UsageErrorParts {
  override readonly name: string = 'UsageError'
  readonly exitCode: 1 | 2 = 2
  readonly what: string
  readonly where?: string
  readonly allowed?: readonly string[] | string
  readonly nearest?: string
  readonly hint?: string
  readonly details?: readonly string[]

  constructor(parts: UsageErrorParts, options?: ErrorOptions) {
    super(parts.where === undefined ? parts.what : `${parts.where}: ${parts.what}`, options)
    this.what = parts.what
    if (parts.where !== undefined) this.where = parts.where
    if (parts.allowed !== undefined) this.allowed = parts.allowed
    if (parts.nearest !== undefined) this.nearest = parts.nearest
    if (parts.hint !== undefined) this.hint = parts.hint
    if (parts.details !== undefined) this.details = parts.details
  }
}

/** A check that failed before there was a result to show. It is printed in the same form, and the exit code is 1. */
export class FailedCheck extends UsageError {
  override readonly name = 'FailedCheck'
  override readonly exitCode = 1
}

/**
 * The error for a name that is not among the valid ones: lists them, the nearest first.
 * @param kind what is named, in the singular: "kernel", "option", "tensor"
 */
export function unknownName(
  kind: string,
  name: string,
  candidates: Iterable<string>,
  parts: Pick<UsageErrorParts, 'where' | 'hint'> = {},
): UsageError {
  const all = [...candidates]
  const meant = likelyMeant(name, all)
  return new UsageError({
    what: `unknown ${kind} '${name}'`,
    ...parts,
    allowed: all.length > 0 ? nearest(name, all) : `there is no ${kind} to choose from`,
    ...(meant === undefined ? {} : { nearest: meant }),
  })
}
