import type { MessageParts } from '@qernel/dsl/internal'

/** Thrown if a file is missing, malformed, or does not hold the requested data. The parts of the message are separate fields. */
export class ArrayFileError extends Error implements MessageParts {
  override readonly name = 'ArrayFileError'
  /** What is wrong, in one line. */
  readonly what: string
  /** The file, and the tensor in it. */
  readonly where?: string
  /** The valid choices, the nearest first, or the rule in words. */
  readonly allowed?: readonly string[] | string
  /** The one valid choice that was probably meant. */
  readonly nearest?: string
  /** What to do about it, in one line. */
  readonly hint?: string

  constructor(parts: MessageParts, options?: ErrorOptions) {
    super(parts.where === undefined ? parts.what : `${parts.where}: ${parts.what}`, options)
    this.what = parts.what
    if (parts.where !== undefined) this.where = parts.where
    if (parts.allowed !== undefined) this.allowed = parts.allowed
    if (parts.nearest !== undefined) this.nearest = parts.nearest
    if (parts.hint !== undefined) this.hint = parts.hint
  }
}
