/** The reason why a launch at some sizes is impossible. */
export type LaunchErrorCode = 'size-missing' | 'size-unknown' | 'size-invalid' | 'size-requirement' | 'device-limit'

/** A compiled kernel cannot run at these sizes on this device. Nothing was launched. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
  readonly code: LaunchErrorCode
  /** The name of the size or limit at fault. */
  readonly subject: string

  constructor(code: LaunchErrorCode, subject: string, message: string) {
    super(message)
    this.code = code
    this.subject = subject
  }
}
