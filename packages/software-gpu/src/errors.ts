/** The software driver is not available on this machine. The message says why. */
export class SoftwareDriverError extends Error {
  override readonly name = 'SoftwareDriverError'
}
