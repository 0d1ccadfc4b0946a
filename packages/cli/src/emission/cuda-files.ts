import { type DropInPart, dropIn } from '@qernel/codegen-cuda'
import { fileWithContentHash, withContentHash } from './content-hash.ts'
import type { MakeFiles } from './make-files.ts'
import { cudaParts, type Part } from './parts.ts'

/** A CUDA file and its optional accompanying files. */
export const cudaFiles: MakeFiles = async (kernel, steps, options) => {
  const { compiled, files } = dropIn(kernel, steps, { ...options, parts: options.parts.filter(isCudaPart) })
  const [{ name }, ...others] = files
  const source = withContentHash(compiled.source)
  return { compiled: { ...compiled, source }, files: [{ name, source }, ...others.map(fileWithContentHash)] }
}

const isCudaPart = (part: Part): part is DropInPart => cudaParts.some(each => each === part)
