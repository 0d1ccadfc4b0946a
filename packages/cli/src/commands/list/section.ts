import { visibleText } from '@qernel/dsl/internal'

/** One section of `qernel list`. */
export interface Section {
  /** Indented lines, with the newline at the end. */
  readonly text: string
  readonly json: readonly unknown[]
}

/** Entries with their names on the left and their lines beside them. */
export function entries(all: readonly { readonly name: string; readonly lines: readonly string[] }[]): string {
  const width = Math.max(0, ...all.map(({ name }) => name.length))
  return all
    .map(({ name: given, lines }) => {
      const [name = '', first = '', ...rest] = [given, ...lines].map(visibleText)
      const indented = rest.map(line => `  ${' '.repeat(width)}  ${line}\n`)
      return `  ${name.padEnd(width)}  ${first}\n${indented.join('')}`
    })
    .join('')
}
