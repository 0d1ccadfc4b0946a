/** A store that cannot be used as it is: what is wrong, where, and what would do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly what: string
  /** The file, and the line if there is one. */
  readonly where: string
  readonly hint?: string
  readonly allowed?: string

  constructor(parts: {
    readonly what: string
    readonly where: string
    readonly hint?: string
    readonly allowed?: string
  }) {
    super(parts.what.includes(parts.where) ? parts.what : `${parts.where}: ${parts.what}`)
    this.what = parts.what
    this.where = parts.where
    if (parts.hint !== undefined) this.hint = parts.hint
    if (parts.allowed !== undefined) this.allowed = parts.allowed
  }
}
