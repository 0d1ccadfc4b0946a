/**
 * Compiles programs of users against the packed packages under strict options, including library declarations, with only the dependencies of the
 * packages. This finds declarations that need a package which only the workspace has installed.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseManifest } from './manifest.ts'

interface Consumer {
  readonly name: string
  readonly compilerOptions: Readonly<Record<string, unknown>>
  /** Packages from npm that the user has in addition to ours. */
  readonly installed?: readonly string[]
  readonly imports: (specifier: string) => boolean
}

const strict = { strict: true, noEmit: true, skipLibCheck: false, target: 'ES2023' }
/** Entry points whose declarations name WebGPU types, which TypeScript's DOM library has. */
const needsGpuTypes = (specifier: string): boolean => specifier === '@qernel/runtime/webgpu'

const consumers: readonly Consumer[] = [
  {
    name: 'a program of Node',
    compilerOptions: { ...strict, lib: ['ES2023'], types: ['node'], module: 'NodeNext' },
    installed: ['@types/node'],
    imports: specifier => !needsGpuTypes(specifier),
  },
  {
    name: 'a page',
    compilerOptions: { ...strict, lib: ['ES2023', 'DOM'], types: [], module: 'ESNext', moduleResolution: 'Bundler' },
    imports: () => true,
  },
]

/**
 * @param root of the workspace
 * @param tarballs paths of the packed packages
 * @param folder an empty working folder
 * @returns the messages of the compiler, one per line
 */
export function consumerProblems(root: string, tarballs: readonly string[], folder: string): string[] {
  const modules = join(folder, 'node_modules')
  const specifiers = tarballs.flatMap(tarball => install(root, tarball, modules)).sort()
  return consumers.flatMap(({ name, compilerOptions, installed = [], imports }, position) => {
    const own = join(folder, `consumer-${position}`)
    mkdirSync(own)
    for (const dependency of installed)
      link(join(root, 'node_modules', dependency), join(own, 'node_modules', dependency))
    const lines = specifiers.filter(imports).map((specifier, i) => `export * as entry${i} from '${specifier}'\n`)
    writeFileSync(join(own, 'main.ts'), lines.join(''))
    writeFileSync(join(own, 'package.json'), '{"type":"module"}')
    writeFileSync(join(own, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
    try {
      execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', own], { cwd: own, encoding: 'utf8', stdio: 'pipe' })
      return []
    } catch (error) {
      const { stdout = '' } = error as { stdout?: string }
      return stdout
        .trim()
        .split('\n')
        .map(line => `${name}: ${line}`)
    }
  })
}

/** Unpacks a package next to the others, with links to its dependencies; returns its entry points. */
function install(root: string, tarball: string, modules: string): string[] {
  const unpacked = `${tarball}-unpacked`
  mkdirSync(unpacked)
  execFileSync('tar', ['-xzf', tarball, '-C', unpacked])
  const [top] = readdirSync(unpacked)
  const from = join(unpacked, top as string)
  const { name, dependencies, exports } = parseManifest(readFileSync(join(from, 'package.json'), 'utf8'))
  const to = join(modules, name)
  mkdirSync(dirname(to), { recursive: true })
  renameSync(from, to)
  const home = join(root, 'packages', name.slice('@qernel/'.length), 'node_modules')
  for (const dependency of Object.keys(dependencies)) {
    if (!dependency.startsWith('@qernel/')) link(join(home, dependency), join(to, 'node_modules', dependency))
  }
  return Object.keys(exports).flatMap(path =>
    exports[path] === null || path.endsWith('.json') ? [] : [`${name}${path.slice(1)}`],
  )
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}
