/** The files of a kernel: each name of a file is computed when it is first used. */
import { findTransform, type Step } from '@qernel/schedule'
import type { Import, Module, SourceText, TypeSyntax } from '../syntax.ts'
import { sourceExports } from './builtins.ts'
import { describe } from './describe.ts'
import type { Evaluator } from './evaluator.ts'
import { kernelFunction, scheduleFunction } from './kernel-function.ts'
import { type Binding, type Builtin, isThing, type Known, type Place, poison, type Scope } from './known.ts'
import { NameScope } from './scope.ts'

/** Every file that was read, by its path, and where its imports lead. */
export interface Files {
  readonly entry: Module
  /** The file that an import of a file names; a message if there is none. */
  resolve(from: SourceText, specifier: string): Module | string
}

const authoring: ReadonlyMap<string, Known> = new Map<string, Known>([
  ...sourceExports,
  ['kernel', kernelFunction],
  ['schedule', scheduleFunction],
])

export const sourceModule = '@qernel/dsl/source'
const scheduleModule = '@qernel/schedule'

/** The names of files, computed once each. */
export class Modules {
  readonly #evaluator: Evaluator
  readonly #files: Files
  readonly #scopes = new Map<Module, Scope>()

  constructor(evaluator: Evaluator, files: Files) {
    this.#evaluator = evaluator
    this.#files = files
  }

  /** The names of a file. */
  scopeOf(module: Module): Scope {
    const known = this.#scopes.get(module)
    if (known !== undefined) return known
    const scope = new NameScope(module.source)
    this.#scopes.set(module, scope)
    for (const one of module.imports.filter(({ isType }) => !isType))
      scope.bind(
        one.local,
        this.#once(() => this.#imported(module, one), { source: module.source, span: one.span }),
      )
    for (const one of module.statements) {
      if (one.kind === 'unsupported') {
        const { code, what, instead, span, names } = one
        const get = () => this.#evaluator.reports.add(code, what, { source: module.source, span }, instead)
        for (const name of names) scope.bind(name, { kind: 'lazy', get })
      } else if (one.kind === 'const') {
        const { pattern } = one
        if (pattern.kind === 'name')
          scope.bind(
            pattern.name,
            this.#once(() => this.#evaluator.evaluate(one.value, scope), { source: module.source, span: pattern.span }),
          )
        else {
          // All names of a pattern are bound when one of them is used.
          const inner = scope.inner()
          const all = this.#once(
            () => {
              this.#evaluator.bind(pattern, this.#evaluator.evaluate(one.value, scope), inner)
              return undefined
            },
            { source: module.source, span: pattern.span },
          )
          for (const name of namesIn(pattern))
            scope.bind(name, {
              kind: 'lazy',
              get: () => {
                if (all.kind === 'lazy') all.get()
                const found = inner.find(name)
                return found?.kind === 'value' ? found.value : poison
              },
            })
        }
      }
    }
    return scope
  }

  /** The type with a name in a file, which may come from another file; undefined if it is not written down there. */
  typeOf(module: Module, name: string): TypeSyntax | undefined {
    const own = module.types.get(name)
    if (own !== undefined) return own
    const found = module.imports.find(one => one.local === name && one.from.startsWith('.'))
    if (found === undefined) return undefined
    const other = this.#files.resolve(module.source, found.from)
    // A type that is passed on by a second file is not looked for: files may import each other.
    return typeof other === 'string' ? undefined : other.types.get(found.imported)
  }

  #once(compute: () => Known, place: Place): Binding {
    let state: { readonly value: Known } | 'computing' | undefined
    return {
      kind: 'lazy',
      get: () => {
        if (state === 'computing')
          return this.#evaluator.reports.add('cycle', 'this constant is defined by itself', place, 'a number')
        if (state === undefined) {
          state = 'computing'
          state = { value: compute() }
        }
        return state.value
      },
    }
  }

  #imported({ source }: Module, { imported, from, span }: Import): Known {
    const report = (code: string, message: string, instead?: string): Known =>
      this.#evaluator.reports.add(code, message, { source, span }, instead)
    const namesFrom = (names: ReadonlyMap<string, Known>): Known => {
      if (imported === '*') return { kind: 'object', entries: names }
      if (names.has(imported)) return names.get(imported)
      return report('import', `${from} has no ${imported} for kernel files`)
    }
    if (from === sourceModule) return namesFrom(authoring)
    if (from === scheduleModule) {
      if (findTransform(imported) !== undefined) return stepMaker(imported)
      return report(
        'import',
        `${imported} is no transform of ${scheduleModule}`,
        'tile, vectorize and the other transforms',
      )
    }
    if (!from.startsWith('.'))
      return report(
        'import',
        `a kernel file cannot import ${from}`,
        `${sourceModule}, ${scheduleModule}, or a file: './other.ts'`,
      )
    const module = this.#files.resolve(source, from)
    if (typeof module === 'string') return report('import', module)
    const scope = this.scopeOf(module)
    if (imported === '*') {
      const entries = [...module.exports].map(([name, local]) => [name, valueIn(scope, local)] as const)
      return { kind: 'object', entries: new Map(entries) }
    }
    const local = module.exports.get(imported)
    if (local === undefined)
      return report('import', `${from} exports no ${imported}`, [...module.exports.keys()].join(', ') || undefined)
    return valueIn(scope, local)
  }
}

function valueIn(scope: Scope, name: string): Known {
  const binding = scope.find(name)
  if (binding?.kind === 'lazy') return binding.get()
  return binding?.kind === 'value' ? binding.value : undefined
}

function namesIn(pattern: import('../syntax.ts').Pattern): readonly string[] {
  switch (pattern.kind) {
    case 'name':
      return [pattern.name]
    case 'list':
      return pattern.items.flatMap(one => (one === undefined ? [] : namesIn(one)))
    case 'object':
      return pattern.entries.flatMap(one => namesIn(one.pattern))
    case 'unsupported':
      return []
  }
}

/** `tile({ t: 16 })` of `@qernel/schedule`. */
const stepMaker = (name: string): Builtin => ({
  kind: 'builtin',
  name,
  call: call => {
    if (call.isPoisoned) return poison
    const [given] = call.args
    if (!isThing(given, 'object'))
      return call.report('arguments', `${name} takes an object, but there is ${describe(given)}`, `${name}({ t: 16 })`)
    const wrong = [...given.entries].find(([, value]) => !['number', 'string', 'boolean'].includes(typeof value))
    if (wrong !== undefined)
      return call.report(
        'arguments',
        `${wrong[0]} of ${name} is ${describe(wrong[1])}`,
        'a number, a text, true or false',
      )
    const step: Step = {
      transform: name,
      ...Object.fromEntries(given.entries as ReadonlyMap<string, number | string | boolean>),
    }
    return { kind: 'step', step }
  },
})
