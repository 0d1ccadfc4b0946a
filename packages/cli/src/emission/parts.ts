/** The kinds of files that can accompany a source, by target. */
import { basename } from 'node:path'
import type { DropInPart } from '@qernel/codegen-cuda'
import { UsageError } from '../errors/usage-error.ts'

/** In the order in which file headers list them. */
export const cudaParts = ['header', 'main', 'torch', 'cmake'] as const satisfies readonly DropInPart[]

/** A launcher module does not accompany the source: it contains it. */
const wgslParts = ['launcher'] as const

export type Part = (typeof cudaParts)[number] | (typeof wgslParts)[number]

/** The files that a target can write with a source. */
export interface Beside {
  readonly parts: readonly Part[]
  /**
   * The common prefix of the names of several files; undefined if there is only one.
   *
   * @param output the named file
   * @param where the options that request parts, for messages
   * @throws UsageError if the file does not go with the parts
   */
  readonly baseOf: (output: string | undefined, where: string) => string | undefined
}

export const wgslBeside: Beside = {
  parts: wgslParts,
  baseOf(output) {
    // A module is one file, so it may go to standard output.
    if (output === undefined || output.endsWith('.ts')) return undefined
    throw new UsageError({
      what: `the output is a TypeScript module, but '${basename(output)}' does not end in .ts`,
      where: `-o ${output}`,
      allowed: '-o NAME.ts',
    })
  },
}

export const cudaBeside: Beside = {
  parts: cudaParts,
  baseOf(output, where) {
    if (output === undefined) {
      throw new UsageError({
        what: 'several files would be written, but no name is given',
        where,
        allowed: '-o NAME.cu',
      })
    }
    const base = basename(output).replace(/\.cu$/, '')
    if (!/^[A-Za-z_][\w.+-]*$/.test(base) || !output.endsWith('.cu')) {
      throw new UsageError({
        what: `'${basename(output)}' is not the name of a CUDA file from which other names can be derived`,
        where: `-o ${output}`,
        allowed: 'a name that starts with a letter, contains letters, digits, _, -, + and ., and ends in .cu',
      })
    }
    return base
  },
}
