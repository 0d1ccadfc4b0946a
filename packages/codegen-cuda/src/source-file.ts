import { template } from '@qernel/codegen/internal'
import type { Launcher } from './launch/launcher.ts'
import { comment } from './print/comment.ts'
import { type DeviceFunctionName, deviceFunctions } from './print/device-functions.ts'
import type { PrintedKernels } from './print/print-program.ts'
import { sourceFile } from './templates.js'

interface SourceFile {
  readonly header: readonly string[]
  /** The namespace of everything except the host function. */
  readonly scope: string
  readonly includes: readonly string[]
  readonly definitions: readonly string[]
  readonly kernels: readonly string[]
  readonly fallback: { readonly definitions: readonly string[]; readonly kernels: readonly string[] } | undefined
  readonly launcher: Launcher
  readonly declaredIn: string | undefined
}

const render = template<SourceFile>(sourceFile)

export interface SourceParts {
  /** Lines of comment without markers. */
  readonly header: readonly string[]
  /** The namespace of everything except the host function. */
  readonly scope: string
  readonly scheduled: PrintedKernels
  /** The kernels for arguments that the scheduled kernels cannot handle. */
  readonly fallback: PrintedKernels | undefined
  readonly launcher: Launcher
  /** The header file that declares the host function. */
  readonly declaredIn: string | undefined
}

/** A whole CUDA file. */
export function renderSourceFile({ header, scope, scheduled, fallback, launcher, declaredIn }: SourceParts): string {
  const { functions, headers } = scheduled.needs
  const more: DeviceFunctionName[] = [...(fallback?.needs.functions ?? [])].filter(name => !functions.has(name))
  return render({
    header: header.map(comment),
    scope,
    includes: [...new Set([...headers, ...(fallback?.needs.headers ?? [])])].sort(),
    definitions: deviceFunctions(functions),
    kernels: scheduled.kernels.map(kernelText),
    fallback: fallback && { definitions: deviceFunctions(new Set(more)), kernels: fallback.kernels.map(kernelText) },
    launcher: declaredIn === undefined ? launcher : { ...launcher, comment: [comment(`Declared in ${declaredIn}.`)] },
    declaredIn,
  })
}

const kernelText = ({ note, code }: PrintedKernels['kernels'][number]): string =>
  [...note, ...code.map(({ text }) => text)].join('\n')
