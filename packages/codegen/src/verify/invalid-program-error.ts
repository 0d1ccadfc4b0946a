/** A device program that means nothing on any device: a bug of qernel, never of a kernel or a schedule. */
export class InvalidProgramError extends Error {
  override readonly name = 'InvalidProgramError'
  /** The pass after which the program is broken; `lowering` where it was from the start, `last` where it is not fit to be printed. */
  readonly pass: string
  /** The function that is broken. */
  readonly entry: string

  /** @param statement its text; undefined where the fault is none of one statement */
  constructor(pass: string, entry: string, statement: string | undefined, problem: string) {
    const where = statement === undefined ? '' : `, at \`${statement}\``
    const after =
      pass === 'lowering' ? 'as it was lowered' : pass === 'last' ? 'after the last pass' : `after the pass ${pass}`
    super(`${entry} ${after}${where}: ${problem}; this is a bug in qernel, please report it`)
    this.pass = pass
    this.entry = entry
  }
}
