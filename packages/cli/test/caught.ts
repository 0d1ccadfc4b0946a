import { UsageError, type UsageErrorParts } from '../src/errors/usage-error.ts'

/** The parts of the usage error that something throws; whatever else it throws is a bug and goes on. */
export async function caught(action: () => unknown): Promise<UsageErrorParts> {
  try {
    await action()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { what, where, allowed, nearest, hint } = error
    return Object.fromEntries(
      Object.entries({ what, where, allowed, nearest, hint }).filter(([, part]) => part !== undefined),
    ) as unknown as UsageErrorParts
  }
  throw new Error('nothing was thrown')
}
