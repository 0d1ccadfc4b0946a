/** Checks that every export of a public entry point has a docstring, which editors show next to the name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Node, Project, ts } from 'ts-morph'
import { parseManifest } from './manifest.ts'

const root = join(import.meta.dirname, '..')
const packages = join(root, 'packages')

/** The sources of the public entry points of a package. */
function entryPoints(name: string): string[] {
  const { exports } = parseManifest(readFileSync(join(packages, name, 'package.json'), 'utf8'))
  return Object.entries(exports).flatMap(([path, conditions]) => {
    const source = conditions !== null && typeof conditions === 'object' ? conditions['@qernel/source'] : undefined
    return typeof source !== 'string' || path.startsWith('./internal') ? [] : [join(packages, name, source)]
  })
}

const isDocumented = (declaration: Node): boolean => {
  if (Node.isSourceFile(declaration)) return true
  const host = Node.isVariableDeclaration(declaration) ? declaration.getVariableStatement() : declaration
  return host !== undefined && Node.isJSDocable(host) && host.getJsDocs().length > 0
}

const project = new Project({
  skipAddingFilesFromTsConfig: true,
  compilerOptions: {
    customConditions: ['@qernel/source'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
  },
})
let count = 0
let missing = 0
for (const name of readdirSync(packages).filter(each => existsSync(join(packages, each, 'package.json')))) {
  for (const path of entryPoints(name)) {
    const file = project.addSourceFileAtPath(path)
    for (const [exported, declarations] of file.getExportedDeclarations()) {
      count++
      if (declarations.some(isDocumented)) continue
      missing++
      process.stderr.write(`${file.getFilePath().slice(root.length + 1)}: ${exported} has no docstring\n`)
    }
  }
}
process.stdout.write(`check-docstrings: ${count} exports, ${missing} without a docstring\n`)
if (count === 0 || missing > 0) process.exitCode = 1
