import { resolve } from 'node:path'
import { type Lowered, lower, UnknownKernelName } from './evaluate/lower.ts'
import { readFiles, readSource } from './files/read-files.ts'

/**
 * Every kernel that a file exports, with the defaults of its parameters, in the order of the file.
 *
 * @throws KernelFileError with the place of every error of the first kernel that has one
 */
export async function loadKernels(path: string): Promise<Lowered[]> {
  const { parseModule } = await import('./parse/parse.ts')
  const files = readFiles(resolve(path), readSource(resolve(path), path), parseModule)
  return [...files.entry.exports.keys()].flatMap(name => {
    try {
      return [lower(files, name, new Map())]
    } catch (error) {
      // A schedule, or a function that kernels use.
      if (error instanceof UnknownKernelName) return []
      throw error
    }
  })
}
