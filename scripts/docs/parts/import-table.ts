/** The packages of the workspace: what each is for, from its manifest, and what it may import, from the import table. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importTable } from '../../import-rules.ts'
import { parseManifest } from '../../manifest.ts'
import { markdownTable } from '../markers.ts'
import { root } from '../qernel.ts'

export function packagesTable(): string {
  return markdownTable(
    ['package', 'its job', 'may import', 'runs in'],
    Object.entries(importTable).map(([name, { imports, optional = [] }]) => {
      const { description } = parseManifest(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
      const all = [...imports, ...optional.map(each => `${each} (on demand)`)]
      return [`\`${name}\``, description, all.join(', ') || '–', needsNode(name) ? 'Node' : 'Node, browsers']
    }),
  )
}

/** Whether a package, or one that it always loads, touches files or devices. */
const needsNode = (name: string): boolean =>
  importTable[name]?.node === true || (importTable[name]?.imports.some(needsNode) ?? false)
