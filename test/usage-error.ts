import { ArrayFileError } from '@qernel/arrays'
import { UsageError, type UsageErrorParts } from '@qernel/cli'

/** The parts of the message of a usage error or of an error about a file of arrays; any other error is a bug and passes through. */
export async function usageErrorOf(action: () => unknown): Promise<UsageErrorParts> {
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
