import { ArrayFileError } from '@qernel/arrays'
import { UsageError, type UsageErrorParts } from '@qernel/cli'

/** The parts of the message of an error about usage or about a file of arrays; whatever else is thrown is a bug and goes on. */
export async function caught(action: () => unknown): Promise<UsageErrorParts> {
  try {
    await action()
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ArrayFileError)) throw error
    const { what, where, allowed, nearest, hint } = error
    return {
      what,
      ...(where === undefined ? {} : { where }),
      ...(allowed === undefined ? {} : { allowed }),
      ...(nearest === undefined ? {} : { nearest }),
      ...(hint === undefined ? {} : { hint }),
    }
  }
  throw new Error('nothing was thrown')
}
