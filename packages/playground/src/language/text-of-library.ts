/** Finds the file of a kernel of the library, and the export and the parameters in it that make the kernel. */
import { type Kernel, kernelHash } from '@qernel/dsl'
import { parseKernelText } from '@qernel/kernel-file/text'
import type { TextSource } from '../protocol.ts'
import { libraryFiles } from './library-files.ts'

type Settings = Readonly<Record<string, string>>

export function textOfLibrary(kernel: Kernel, element: string): TextSource | undefined {
  const hash = kernelHash(kernel)
  for (const [path, text] of nearestFirst(kernel.name)) {
    const { names, read } = parseKernelText({ path, text, files: libraryFiles })
    for (const name of names) {
      const { parameters } = read(name)
      const others = parameters.filter(one => one.name !== 'element')
      const type: Settings = others.length < parameters.length ? { element } : {}
      const settings = others.reduce<readonly Settings[]>(
        (all, { name, allowed = [] }) => all.flatMap(set => allowed.map(value => ({ ...set, [name]: value }))),
        [type],
      )
      const set = settings.find(one => kernelHash(read(name, one).kernel) === hash)
      if (set !== undefined) return { kind: 'text', text, name, set }
    }
  }
  return undefined
}

/** Files whose names begin like the kernel come first: most are found in the first file. */
function nearestFirst(kernel: string): (readonly [path: string, text: string])[] {
  const wanted = kernel.replaceAll('_', '-')
  const alike = (path: string): number => [...path].findIndex((letter, i) => letter !== wanted[i])
  return [...libraryFiles].filter(([path]) => path.endsWith('.kernel.ts')).sort(([a], [b]) => alike(b) - alike(a))
}
