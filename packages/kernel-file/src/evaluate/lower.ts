/** From the files of a kernel to its definition, its parameters and its schedules. */
import type { Kernel } from '@qernel/dsl'
import { unknownNameParts } from '@qernel/dsl/internal'
import type { Step } from '@qernel/schedule'
import { KernelFileError } from '../diagnostics/diagnostic.ts'
import type { Module, TypeSyntax } from '../syntax.ts'
import { CallAt } from './call.ts'
import { Evaluator } from './evaluator.ts'
import { lowerKernel } from './kernel-function.ts'
import { type Closure, isThing, type Known } from './known.ts'
import { type Files, Modules } from './modules.ts'
import { argumentsFor, type KernelParameter, parametersOf } from './parameters.ts'
import { Poisoned } from './reports.ts'

/** What is wrong with the request rather than with the file. */
export class UnknownKernelName extends Error {
  override readonly name = 'UnknownKernelName'
  readonly parts: ReturnType<typeof unknownNameParts>
  constructor(parts: ReturnType<typeof unknownNameParts>) {
    super(parts.what)
    this.parts = parts
  }
}

/** A schedule that stands beside a kernel. */
export interface WrittenSchedule {
  readonly name: string
  readonly steps: readonly Step[]
}

/** A kernel of a file, lowered. */
export interface Lowered {
  /** The name under which the file exports it. */
  readonly name: string
  readonly kernel: Kernel
  readonly parameters: readonly KernelParameter[]
  readonly schedules: readonly WrittenSchedule[]
  /** Names that were set and are no parameters. */
  readonly others: readonly string[]
}

/** Which kernel of a file is meant. */
export type Wanted = string | { readonly line: number } | undefined

/**
 * Lowers one kernel of a file.
 *
 * @param wanted the name of an export; the line of a constant, exported or not; undefined for the only kernel
 * @param set values of compile-time parameters, as text
 * @throws KernelFileError with every error of the file that the kernel meets
 * @throws UnknownKernelName for a name or a parameter that is not there
 */
export function lower(files: Files, wanted: Wanted, set: ReadonlyMap<string, string>): Lowered {
  const evaluator = new Evaluator()
  const modules = new Modules(evaluator, files)
  try {
    return lowerWith(evaluator, modules, files.entry, wanted, set)
  } catch (error) {
    // A function of ours is never nested deeper than the file's own syntax, which is limited, so that this is a fault of ours.
    if (!(error instanceof Poisoned)) throw error
    throw new KernelFileError(evaluator.reports.all)
  }
}

function lowerWith(
  evaluator: Evaluator,
  modules: Modules,
  entry: Module,
  wanted: Wanted,
  set: ReadonlyMap<string, string>,
): Lowered {
  const scope = modules.scopeOf(entry)
  const asValue = (local: string): Known => {
    const binding = scope.find(local)
    return binding?.kind === 'lazy' ? binding.get() : undefined
  }
  const { source } = entry
  const values = namesFor(entry, wanted).map(([name, local]) => [name, asValue(local)] as const)
  const kernels = values.filter(
    ([, value]) => isThing(value, 'kernel') || (isThing(value, 'closure') && makesKernel(value)),
  )
  const isWanted = wantedIn(entry, wanted)
  const chosen = kernels.filter(([name]) => isWanted(name))
  if (chosen.length !== 1) {
    if (evaluator.reports.all.length > 0) throw new Poisoned()
    throw unknownKernel(entry, wanted)
  }
  const [name, value] = chosen[0] as readonly [string, Known]
  const call = new CallAt(evaluator, { source, span: { start: 0, end: 0 } }, [], [])
  let definition = value
  let parameters: readonly KernelParameter[] = []
  if (isThing(value, 'closure')) {
    const typeOf = (type: string): TypeSyntax | undefined => modules.typeOf(entry, type)
    const known = parametersOf(value, typeOf, evaluator)
    parameters = known
    const missing = known.find(one => one.initial === undefined && !set.has(one.name))
    if (missing !== undefined)
      throw new UnknownKernelName({
        what: `${name} needs a value for ${missing.name}, which has no default`,
        allowed: missing.allowed ?? missing.rule,
        hint: `--set ${missing.name}=…`,
      })
    definition = evaluator.invoke(value, argumentsFor(value, settings(known, set)), call)
  }
  const kernel = isThing(definition, 'kernel') ? lowerKernel(definition) : undefined
  const schedules = values.flatMap(([own, one]): WrittenSchedule[] =>
    isThing(one, 'schedule') && one.of === value ? [{ name: own, steps: one.steps }] : [],
  )
  if (kernel === undefined || evaluator.reports.all.length > 0) throw new Poisoned()
  return {
    name,
    kernel,
    parameters: parameters.map(({ name, allowed, rule, initial }) => ({ name, allowed, rule, initial })),
    schedules,
    others: [...set.keys()].filter(one => !parameters.some(parameter => parameter.name === one)),
  }
}

/** The names that can matter, each with its name in the file: exports and, for a kernel of a script, all constants; the one that is wanted, and schedules. */
function namesFor(entry: Module, wanted: Wanted): readonly (readonly [string, string])[] {
  const exported = [...entry.exports]
  const own = typeof wanted === 'object' ? constantsOf(entry).map(({ name }) => [name, name] as const) : []
  const all = [...exported, ...own.filter(([, local]) => !exported.some(([, known]) => known === local))]
  const isWanted = wantedIn(entry, wanted)
  return all.filter(([name, local]) => isWanted(name) || isSchedule(entry, local))
}

function wantedIn(entry: Module, wanted: Wanted): (name: string) => boolean {
  if (wanted === undefined) return () => true
  if (typeof wanted === 'string') return name => name === wanted
  const lines = entry.source.text.split(/(?<=\r\n|\n|\r(?!\n))/)
  const start = lines.slice(0, wanted.line - 1).join('').length
  const end = start + (lines[wanted.line - 1]?.length ?? 0)
  const at = constantsOf(entry).find(({ span }) => span.start < end && span.end > start)
  const name = [...entry.exports].find(([, local]) => local === at?.name)?.[0] ?? at?.name
  return one => one === name
}

const constantsOf = ({ statements }: Module) =>
  statements.flatMap(({ span, ...one }) =>
    one.kind === 'const' && one.pattern.kind === 'name' ? [{ name: one.pattern.name, span }] : [],
  )

/** Whether an export is a call of `schedule`, which is the only other thing that is computed for a kernel. */
const isSchedule = (module: Module, local: string): boolean =>
  module.statements.some(
    one =>
      one.kind === 'const' &&
      one.pattern.kind === 'name' &&
      one.pattern.name === local &&
      one.value.kind === 'call' &&
      one.value.callee.kind === 'name' &&
      module.imports.some(
        ({ local: name, imported }) =>
          imported === 'schedule' &&
          one.value.kind === 'call' &&
          one.value.callee.kind === 'name' &&
          name === one.value.callee.name,
      ),
  )

/** Whether a function consists of a call of `kernel`, or returns one. */
function makesKernel({ expression, scope }: Closure): boolean {
  const { body } = expression
  const last = body.kind === 'block' ? body.statements.at(-1) : undefined
  const result = body.kind === 'block' ? (last?.kind === 'return' ? last.value : undefined) : body
  if (result?.kind !== 'call' || result.callee.kind !== 'name') return false
  const binding = scope.find(result.callee.name)
  const callee = binding?.kind === 'lazy' ? binding.get() : undefined
  return isThing(callee, 'builtin') && callee.name === 'kernel'
}

function unknownKernel(entry: Module, wanted: Wanted): UnknownKernelName {
  const names = [...entry.exports.keys()]
  if (typeof wanted === 'object')
    return new UnknownKernelName({
      what: `line ${wanted.line} of ${entry.source.path} is in no constant that is a kernel`,
      allowed: 'const mine = kernel(…) at the top of a file, or a function that consists of kernel(…)',
    })
  if (wanted === undefined)
    return new UnknownKernelName({
      what: `${entry.source.path} exports ${names.length === 0 ? 'no kernel' : 'not exactly one kernel'}`,
      allowed: names.length === 0 ? 'export const mine = kernel(…)' : names.map(name => `${entry.source.path}#${name}`),
    })
  return new UnknownKernelName(unknownNameParts('kernel', wanted, names, { where: entry.source.path }))
}

/** The values of parameters that are set. */
function settings(parameters: ReturnType<typeof parametersOf>, set: ReadonlyMap<string, string>): Map<string, Known> {
  const values = new Map<string, Known>()
  for (const parameter of parameters) {
    const { name, allowed, rule, read } = parameter
    const text = set.get(name)
    if (text === undefined) continue
    const value = read(text)
    if (value === undefined)
      throw new UnknownKernelName({
        what: `${name} cannot be '${text}'`,
        where: `${name}=${text}`,
        allowed: allowed ?? rule,
      })
    values.set(name, value)
  }
  return values
}
