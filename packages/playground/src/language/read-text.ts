/** Reads the text of a kernel file. */
import {
  type Diagnostic,
  KernelFileError,
  type Lowered,
  type ParsedText,
  parseKernelText,
  UnknownKernelName,
} from '@qernel/kernel-file/text'
import { fixedSchedule } from '@qernel/schedule'
import type { FoundKernel } from '../engine/found-kernel.ts'
import type { ParameterFacts, Problem, TextSource } from '../protocol.ts'
import { libraryFiles } from './library-files.ts'

const path = 'mine.kernel.ts'

type Settings = Readonly<Record<string, string>>

export function readText({
  text,
  name,
  set = {},
}: TextSource): FoundKernel | { readonly problems: readonly Problem[] } {
  try {
    const parsed = parseKernelText({ path, text, files: libraryFiles })
    const lowered = readMeant(parsed, name, set)
    return {
      kernel: lowered.kernel,
      schedules: lowered.schedules.map(one => fixedSchedule(one.steps, one.name)),
      text: { name: lowered.name, names: parsed.names, parameters: parameterFacts(lowered, set) },
    }
  } catch (error) {
    if (error instanceof KernelFileError) return { problems: error.diagnostics.map(one => problemOf(one, text)) }
    if (!(error instanceof UnknownKernelName)) throw error
    const { what, allowed } = error.parts
    const instead = typeof allowed === 'string' ? allowed : allowed?.join(', ')
    return { problems: [{ code: 'unknown-name', message: what, ...(instead !== undefined && { instead }) }] }
  }
}

/** The kernel that is meant. If an edit has renamed or removed it, the first; of the values, those that its parameters allow. */
function readMeant({ names, read }: ParsedText, name: string | undefined, set: Settings): Lowered {
  try {
    return read(name ?? names[0], set)
  } catch (error) {
    const other = names.find(one => one === name) ?? names[0]
    if (!(error instanceof UnknownKernelName) || other === undefined) throw error
    const { parameters } = read(other)
    const isAllowed = ([key, value]: readonly [string, string]): boolean =>
      parameters.some(one => one.name === key && one.allowed?.includes(value) !== false)
    return read(other, Object.fromEntries(Object.entries(set).filter(isAllowed)))
  }
}

const parameterFacts = ({ parameters }: Lowered, set: Settings): ParameterFacts[] =>
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
