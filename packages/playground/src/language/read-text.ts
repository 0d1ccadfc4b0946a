/** Reads the text of a kernel file. */
import {
  type Diagnostic,
  KernelFileError,
  type Lowered,
  parseKernelText,
  UnknownKernelName,
} from '@qernel/kernel-file/text'
import { fixedSchedule } from '@qernel/schedule'
import type { FoundKernel } from '../engine/found-kernel.ts'
import type { ParameterFacts, Problem, TextSource } from '../protocol.ts'
import { libraryFiles } from './library-files.ts'

const path = 'mine.kernel.ts'

export function readText({
  text,
  name,
  set = {},
}: TextSource): FoundKernel | { readonly problems: readonly Problem[] } {
  try {
    const { names, read } = parseKernelText({ path, text, files: libraryFiles })
    const lowered = read(name ?? names[0], set)
    return {
      kernel: lowered.kernel,
      schedules: lowered.schedules.map(one => fixedSchedule(one.steps, one.name)),
      text: { name: lowered.name, names, parameters: parameterFacts(lowered, set) },
    }
  } catch (error) {
    if (error instanceof KernelFileError) return { problems: error.diagnostics.map(one => problemOf(one, text)) }
    if (!(error instanceof UnknownKernelName)) throw error
    const { what, allowed } = error.parts
    const instead = typeof allowed === 'string' ? allowed : allowed?.join(', ')
    return { problems: [{ code: 'unknown-name', message: what, ...(instead !== undefined && { instead }) }] }
  }
}

const parameterFacts = ({ parameters }: Lowered, set: Readonly<Record<string, string>>): ParameterFacts[] =>
  parameters.map(({ name, allowed, initial }) => ({
    name,
    value: set[name] ?? initial ?? '',
    ...(allowed !== undefined && { allowed }),
  }))

function problemOf({ code, message, instead, source, span }: Diagnostic, text: string): Problem {
  const isHere = source.text === text
  return {
    code,
    message: isHere ? message : `${source.path}: ${message}`,
    ...(instead !== undefined && { instead }),
    ...(isHere && { range: { from: span.start, to: span.end } }),
  }
}
