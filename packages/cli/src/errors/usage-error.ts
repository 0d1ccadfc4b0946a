import { type MessageParts, unknownNameParts } from '@qernel/dsl/internal'

/** The parts of a message about bad usage or bad input. */
export interface UsageErrorParts extends MessageParts {
  /** Lines that show the position: a loop nest with carets, the text of a schedule. */
  readonly details?: readonly string[]
}

/**
 * Bad usage or bad input: the fault of the command line or of a file, never of this program. The command ends with exit
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

/** A check that failed before there was a result. It is printed in the same form, and the exit code is 1. */
export class FailedCheck extends UsageError {
  override readonly name = 'FailedCheck'
  override readonly exitCode = 1
}

/**
 * The error for an unknown name: it lists the valid ones, the nearest first.
 * @param kind what is named, in the singular: "kernel", "option", "tensor"
 */
export const unknownName = (...about: Parameters<typeof unknownNameParts>): UsageError =>
  new UsageError(unknownNameParts(...about))
