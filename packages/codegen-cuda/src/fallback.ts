/** The kernels that a file launches for arguments that its scheduled kernels cannot handle. */
import type { ArrayParameter, CompileOptions, FinishedKernel, ScheduledKernel, Target } from '@qernel/codegen'
import { fallbacks, finish, isSameFunction, type LoweredKernel, lower } from '@qernel/codegen/internal'
import { flatMap } from '@qernel/dsl/internal'
import { gridBounds } from './launch/grid-parts.ts'
import { pipeline } from './passes.ts'
import { type PrintedKernels, printKernels } from './print/print-program.ts'

/** Whether the kernels cannot handle some arguments: sizes that do not divide evenly, or pointers that are not aligned. */
const isPicky = ({ alignments }: PrintedKernels, { nest }: ScheduledKernel): boolean =>
  alignments.size > 0 || nest.assumptions.length > 0

/** The simplest kernels that accept any argument; undefined if the scheduled ones already do, or if none can be made. */
export function fallbackOf(
  printed: PrintedKernels,
  scheduled: ScheduledKernel,
  target: Target,
  options: CompileOptions,
  hash: string,
): PrintedKernels | undefined {
  const picky = isPicky(printed, scheduled)
  if (!picky && gridBounds(printed).length === 0) return undefined
  const anySize = { ...options, folds: true }
  const candidates = picky ? fallbacks(scheduled, target, anySize) : [lower(scheduled, target, anySize)]
  for (const candidate of candidates) {
    const suffix = freeSuffix(candidate, printed.finished)
    const own = printKernels(finish(pipeline, renamed(candidate, suffix), target), target, hash, suffix)
    const known = candidate.arrays.every(one => printed.finished.arrays.some(other => isSameArray(one, other)))
    if (own.alignments.size === 0 && known) return withoutCopies(own, printed)
  }
  return undefined
}

/** The fallback may use only the workspaces of the scheduled kernels, in the same size, because the caller passes no others. */
const isSameArray = (one: ArrayParameter, other: ArrayParameter): boolean =>
  one.name === other.name && one.type.name === other.type.name && textOf(one.shape) === textOf(other.shape)

const textOf = (shape: ArrayParameter['shape']): string => JSON.stringify(shape)

/** Drops fallback kernels that equal a scheduled one, and launches that one instead. */
function withoutCopies(own: PrintedKernels, scheduled: PrintedKernels): PrintedKernels {
  const { launches, kernels, names, suffix } = own
  const originals = launches.map(({ entry }, position) => {
    const base = entry.slice(0, entry.length - suffix.length)
    const other = scheduled.launches.findIndex(launch => launch.entry === base)
    const isCopy = isSameFunction(
      { program: own.finished.program, position },
      { program: scheduled.finished.program, position: other },
    )
    return isCopy ? scheduled.names.of(base) : undefined
  })
  const launched = new Map(
    flatMap(launches, ({ entry }, i) => (originals[i] === undefined ? [] : [[entry, originals[i]]])),
  )
  return {
    ...own,
    kernels: kernels.filter((_, i) => originals[i] === undefined),
    names: { ...names, of: name => launched.get(name) ?? names.of(name) },
  }
}

/** A suffix that makes names of entry points unique in the file, as in `quantize_any`. */
function freeSuffix({ launches }: LoweredKernel, { launches: beside, arrays, sizes }: FinishedKernel): string {
  const taken = new Set([...beside.map(({ entry }) => entry), ...[...arrays, ...sizes].map(({ name }) => name)])
  let suffix = '_any'
  while (launches.some(({ entry }) => taken.has(entry + suffix))) suffix += '_'
  return suffix
}

function renamed(lowered: LoweredKernel, suffix: string): LoweredKernel {
  return {
    ...lowered,
    launches: lowered.launches.map(launch => ({ ...launch, entry: launch.entry + suffix })),
    program: {
      ...lowered.program,
      functions: lowered.program.functions.map(one => ({ ...one, entry: one.entry + suffix })),
    },
  }
}
