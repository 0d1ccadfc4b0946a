/** The software driver cannot be had on this machine. The message says why and what to do instead. */
export class SoftwareDriverError extends Error {
  override readonly name = 'SoftwareDriverError'
}
