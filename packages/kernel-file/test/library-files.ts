/** The kernels of `packages/kernels/library`, each with every combination of its compile-time parameters except the type. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceKernel } from '@qernel/dsl/source'
import { type Lowered, lower } from '../src/evaluate/lower.ts'
import { readFiles, readSource } from '../src/files/read-files.ts'
import { parseModule } from '../src/parse/parse.ts'

const folder = join(import.meta.dirname, '../../kernels/library')

/** Compile-time parameters by name. */
export type Settings = Readonly<Record<string, string>>

/** A kernel of a file. */
export interface LibraryFile {
  /** `int8-per-token.kernel.ts#int8PerToken` */
  readonly name: string
  /** Lowers it. The text is parsed once, for all settings. */
  readonly load: (set: Settings) => Lowered
  readonly settings: readonly Settings[]
  /** The export as TypeScript. */
  readonly make: (...parameters: never[]) => SourceKernel
}

export async function libraryFiles(): Promise<LibraryFile[]> {
  const found: LibraryFile[] = []
  for (const file of readdirSync(folder).filter(name => name.endsWith('.kernel.ts'))) {
    const path = join(folder, file)
    const source = readFiles(path, readSource(path, file), parseModule)
    const exported = (await import(path)) as Record<string, LibraryFile['make']>
    for (const [name, make] of Object.entries(exported)) {
      const load = (set: Settings): Lowered => lower(source, name, new Map(Object.entries(set)))
      const settings = load({})
        .parameters.filter(({ name }) => name !== 'element')
        .reduce<Settings[]>(
          (all, { name, allowed = [] }) => all.flatMap(set => allowed.map(value => ({ ...set, [name]: value }))),
          [{}],
        )
      found.push({ name: `${file}#${name}`, load, settings, make })
    }
  }
  return found
}
