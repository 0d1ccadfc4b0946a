/**
 * The import table of the architecture, as data, and the check that a tree of files keeps to it. Pure: it sees texts by
 * path, never the disk. `check-imports.ts` is the command.
 */
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { parseSync } from 'vite'
import { parseManifest } from './manifest.ts'

interface PackageRule {
  /** Our packages that it may import, by short name. */
  readonly imports: readonly string[]
  /** Our packages that a user may not have installed: only `import()` and `import type` may name them. */
  readonly optional?: readonly string[]
  /** Whether it may touch files, processes and devices. All others run unchanged in a browser. */
  readonly node?: boolean
}

export const importTable: Readonly<Record<string, PackageRule>> = {
  dsl: { imports: [] },
  arrays: { imports: ['dsl'], node: true },
  schedule: { imports: ['dsl'] },
  codegen: { imports: ['dsl', 'schedule'] },
  'codegen-wgsl': { imports: ['dsl', 'codegen'] },
  // The self-test of a file compares with the definition itself, printed from the nest as plain C++.
  'codegen-cuda': { imports: ['dsl', 'schedule', 'codegen'] },
  runtime: { imports: ['dsl', 'codegen', 'codegen-wgsl', 'codegen-cuda'], optional: ['software-gpu'], node: true },
  'software-gpu': { imports: [], node: true },
  // Kernels in TypeScript files, which it reads and never runs.
  'kernel-file': { imports: ['dsl', 'schedule'], node: true },
  kernels: { imports: ['dsl', 'schedule'] },
  // One rule decides which results are right, for everything that compares them: run, check, bench and the tests.
  acceptance: { imports: ['dsl', 'schedule'] },
  testing: { imports: ['dsl', 'schedule', 'codegen', 'codegen-wgsl', 'codegen-cuda', 'runtime', 'acceptance'] },
  bench: {
    imports: ['dsl', 'schedule', 'codegen', 'codegen-wgsl', 'runtime', 'acceptance'],
    node: true,
  },
  // What is measured is described to a separate process, which opens the device: the device of a caller is never shared.
  tune: {
    imports: ['dsl', 'schedule', 'codegen', 'runtime', 'acceptance', 'testing', 'bench'],
    node: true,
  },
  cli: {
    imports: [
      'dsl',
      'schedule',
      'codegen',
      'codegen-wgsl',
      'codegen-cuda',
      'runtime',
      'kernels',
      'kernel-file',
      'acceptance',
      'arrays',
      'testing',
      'bench',
      'tune',
    ],
    node: true,
  },
  // The page on which people play with schedules; not published.
  playground: {
    imports: [
      'dsl',
      'schedule',
      'codegen',
      'codegen-wgsl',
      'codegen-cuda',
      'runtime',
      'kernels',
      'kernel-file',
      'acceptance',
      'testing',
    ],
  },
}

/**
 * Packages from npm that only a few folders may import, because they are slow to load or do I/O. ts-morph writes the TypeScript module around a
 * WGSL file, behind a separate entry point, and reads kernel files.
 */
export const confinedDependencies: Readonly<Record<string, readonly string[]>> = {
  'ts-morph': [
    'packages/codegen-wgsl/src/launcher',
    'packages/kernel-file/src/parse',
    'packages/kernel-file/src/editor',
  ],
  webgpu: ['packages/runtime/src'],
  koffi: ['packages/runtime/src'],
  '@sparticuz/chromium': ['packages/software-gpu/src'],
}

/** One broken rule: where, what, and what would be allowed. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly what: string
  readonly allowed: string
}

export const formatProblem = (problem: Problem): string =>
  `${problem.file}:${problem.line}: ${problem.what}; ${problem.allowed}`

interface Import {
  readonly specifier: string
  readonly line: number
  /** Whether the module is loaded with the file, instead of on demand or only for its types. */
  readonly eager: boolean
}

/**
 * Checks every file of `files`, a map from slash-separated paths relative to the workspace root to their texts.
 * It looks at the `package.json` of each package and at all `.ts` and `.js` files.
 */
export function checkImports(files: ReadonlyMap<string, string>): Problem[] {
  const problems: Problem[] = []
  const fileGraph = new Map<string, Edge[]>()
  const packageGraph = new Map<string, Edge[]>()
  for (const [file, text] of files) {
    const owner = packageOf(file)
    if (owner !== undefined && file === `packages/${owner}/package.json`) {
      packageGraph.set(owner, checkManifest(owner, file, text, problems))
    } else if (/\.[jt]sx?$/.test(file)) {
      const imports = importsOf(file, text)
      for (const one of imports) problems.push(...importProblems(file, one, files))
      if (owner !== undefined) {
        const edges = imports.filter(one => isRelative(one.specifier))
        fileGraph.set(
          file,
          edges.map(one => ({ to: resolveRelative(file, one.specifier), file, line: one.line })),
        )
      }
    }
  }
  for (const cycle of cycles(packageGraph)) problems.push(cycleProblem('packages', cycle))
  for (const cycle of cycles(fileGraph)) problems.push(cycleProblem('files', cycle))
  return problems
}

const scope = '@qernel/'
const builtins = new Set(builtinModules)
const isRelative = (specifier: string) => specifier.startsWith('.')
const resolveRelative = (file: string, specifier: string) => posix.join(posix.dirname(file), specifier)
const packageOf = (file: string) => /^packages\/([^/]+)\//.exec(file)?.[1]
const listed = (names: readonly string[], none: string) =>
  names.length === 0 ? none : names.map(name => scope + name).join(', ')

function mayImport(owner: string): string {
  const rule = importTable[owner]
  const names = rule ? [...rule.imports, ...(rule.optional ?? [])] : []
  return `${owner} may import ${listed(names, 'none of our packages')}`
}

/** Checks the dependencies of one package; returns its edges to our packages, including development dependencies. */
function checkManifest(owner: string, file: string, text: string, problems: Problem[]): Edge[] {
  const rule = importTable[owner]
  if (rule === undefined) {
    const allowed = 'add a row to importTable in scripts/import-rules.ts'
    problems.push({ file, line: 1, what: `the package ${owner} is not in the import table`, allowed })
    return []
  }
  const manifest = parseManifest(text)
  const edges: Edge[] = []
  for (const kind of ['dependencies', 'peerDependencies', 'devDependencies'] as const) {
    for (const name of Object.keys(manifest[kind])) {
      const line = lineAt(text, text.indexOf(`"${name}"`, text.indexOf(`"${kind}"`)))
      const homes = confinedDependencies[name]
      // A package that depends on another may install the other's peer dependencies.
      const mayHave = (home: string) => {
        const name = packageOf(`${home}/`) as string
        return name === owner || (rule.imports.includes(name) && manifest.dependencies[scope + name] !== undefined)
      }
      if (homes !== undefined && !homes.some(mayHave)) {
        problems.push({ file, line, what: `${owner} depends on ${name}`, allowed: `only ${homes.join(' and ')} may` })
      }
      if (!name.startsWith(scope)) continue
      const to = name.slice(scope.length)
      edges.push({ to, file, line })
      const listedAs = kind === 'dependencies' ? rule.imports : [...rule.imports, ...(rule.optional ?? [])]
      if (kind !== 'devDependencies' && !listedAs.includes(to)) {
        problems.push({ file, line, what: `${owner} has ${name} in ${kind}`, allowed: mayImport(owner) })
      }
    }
  }
  return edges
}

function* importProblems(file: string, one: Import, files: ReadonlyMap<string, string>): Generator<Problem> {
  const { specifier, line } = one
  const problem = (what: string, allowed: string): Problem => ({ file, line, what, allowed })
  const owner = packageOf(file)
  const rule = owner === undefined ? undefined : importTable[owner]
  const isSource = owner !== undefined && file.startsWith(`packages/${owner}/src/`)

  if (isRelative(specifier)) {
    const target = packageOf(resolveRelative(file, specifier))
    if (target !== undefined && target !== owner) {
      const entries = entryPoints(target, files)
      yield problem(`reaches into packages/${target} by a path`, `import ${entries.join(' or ') || scope + target}`)
    }
    return
  }

  if (specifier.startsWith('node:') || builtins.has(specifier)) {
    if (isSource && rule?.node !== true) {
      const names = Object.keys(importTable).filter(name => importTable[name]?.node)
      yield problem(`imports ${specifier}`, `${owner} runs in browsers; only ${names.join(', ')} may use Node`)
    }
    return
  }

  if (specifier.startsWith(scope)) {
    const target = specifier.slice(scope.length).split('/')[0] as string
    const entries = entryPoints(target, files)
    if (file.startsWith('examples/') && specifier.endsWith('/internal')) {
      yield problem(`imports ${specifier}`, `examples show what users may import: ${scope + target}`)
    } else if (!entries.includes(specifier)) {
      const allowed = entries.length > 0 ? `its entry points are ${entries.join(', ')}` : 'there is no such package'
      yield problem(`imports ${specifier}, which is not public`, allowed)
    } else if (isSource && rule?.optional?.includes(target)) {
      if (one.eager) yield problem(`always loads ${specifier}, which is optional`, 'use import() or import type')
    } else if (isSource && !rule?.imports.includes(target)) {
      yield problem(`imports ${specifier}`, mayImport(owner))
    }
    return
  }

  const dependency = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const homes = confinedDependencies[dependency]
  if (isSource && homes !== undefined && !homes.some(home => file.startsWith(`${home}/`) || file === `${home}.ts`)) {
    yield problem(`imports ${dependency}`, `only ${homes.join(' and ')} may`)
  }
}

/** The specifiers that a package exports, such as `@qernel/dsl` and `@qernel/dsl/source`. */
function entryPoints(name: string, files: ReadonlyMap<string, string>): string[] {
  const manifest = files.get(`packages/${name}/package.json`)
  if (manifest === undefined) return []
  const { exports } = parseManifest(manifest)
  return Object.keys(exports).flatMap(path => (exports[path] === null ? [] : posix.join(scope + name, path)))
}

function importsOf(file: string, text: string): Import[] {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new SyntaxError(`${file} does not parse: ${errors[0]?.message}`)
  const found: Import[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { type, source, importKind, exportKind } = node as Record<string, unknown>
    const { value, start } = (source ?? {}) as { value?: unknown; start?: number }
    if (typeof type === 'string' && typeof value === 'string' && /^(Import|Export|TSImport)/.test(type)) {
      const lazy = type === 'ImportExpression' || type === 'TSImportType'
      const eager = !lazy && importKind !== 'type' && exportKind !== 'type'
      found.push({ specifier: value, line: lineAt(text, start ?? 0), eager })
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(program)
  return found
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

interface Edge {
  readonly to: string
  /** Where the edge is declared. */
  readonly file: string
  readonly line: number
}

interface Cycle {
  readonly nodes: readonly string[]
  readonly closedBy: Edge
}

/** One cycle for every edge that closes one on a depth-first walk; none exactly when the graph has none. */
function cycles(graph: ReadonlyMap<string, readonly Edge[]>): Cycle[] {
  const found: Cycle[] = []
  const done = new Set<string>()
  const walk = (node: string, path: readonly string[]): void => {
    if (done.has(node)) return
    for (const edge of graph.get(node) ?? []) {
      const start = [...path, node].indexOf(edge.to)
      if (start >= 0) found.push({ nodes: [...path, node].slice(start), closedBy: edge })
      else walk(edge.to, [...path, node])
    }
    done.add(node)
  }
  for (const node of graph.keys()) walk(node, [])
  return found
}

const cycleProblem = (kind: string, { nodes, closedBy }: Cycle): Problem => ({
  file: closedBy.file,
  line: closedBy.line,
  what: `closes a cycle of ${kind}: ${[...nodes, nodes[0]].join(' -> ')}`,
  allowed: 'move what both need into a file or package below them',
})
