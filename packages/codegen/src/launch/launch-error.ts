/** The reason why sizes cannot be launched. */
export type LaunchErrorCode = 'size-missing' | 'size-unknown' | 'size-invalid' | 'size-requirement' | 'device-limit'

/** A compiled kernel cannot run at these sizes on this device. Nothing was launched. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
  readonly code: LaunchErrorCode
  /** The size or the limit at fault, by name. */
  readonly subject: string

  constructor(code: LaunchErrorCode, subject: string, message: string) {
    super(message)
    this.code = code
    this.subject = subject
  }
}
