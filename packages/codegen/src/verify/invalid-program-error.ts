/** A device program is invalid on every device. This is a bug in qernel, never in a kernel or a schedule. */
export class InvalidProgramError extends Error {
  override readonly name = 'InvalidProgramError'
  /** The pass that broke the program; `lowering` if it was broken from the start, `last` if it must not be printed after all passes. */
  readonly pass: string
  /** The entry point of the broken function. */
  readonly entry: string

  /** @param statement the text of the faulty statement; undefined if the fault is not in one statement */
  constructor(pass: string, entry: string, statement: string | undefined, problem: string) {
    const where = statement === undefined ? '' : `, at \`${statement}\``
    const after =
      pass === 'lowering' ? 'as it was lowered' : pass === 'last' ? 'after the last pass' : `after the pass ${pass}`
    super(`${entry} ${after}${where}: ${problem}; this is a bug in qernel, please report it`)
    this.pass = pass
    this.entry = entry
  }
}
