/** The log of a compiler that rejected a source. */
export class CompilationLog extends Error {
  override readonly name = 'CompilationLog'
}

/** `kernel.cu(12): error: …`, as NVRTC and nvcc write it. */
const placed = /^.*?\((\d+)\): (?:catastrophic )?error(?: #[\w-]+)?: (.*)$/

/** The errors of a log, each after the source line that it refers to; the whole log if it contains no such errors. */
export function quoteErrors(log: string, source: string): string {
  const lines = source.split('\n')
  const quoted = log.split('\n').flatMap(entry => {
    const [, number, message] = placed.exec(entry.trim()) ?? []
    if (number === undefined) return []
    return [`${number} | ${lines[Number(number) - 1] ?? ''}\n${' '.repeat(number.length + 3)}^ ${message}`]
  })
  return quoted.length > 0 ? quoted.join('\n') : log.trim()
}
