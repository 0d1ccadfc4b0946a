import { dividesFloats } from '@qernel/codegen/internal'
import { wgsl } from '@qernel/codegen-wgsl'
import { fileWithContentHash, withContentHash } from './content-hash.ts'
import type { MakeFiles } from './make-files.ts'

/** A WGSL file, or the module that launches it. */
export const wgslFiles: MakeFiles = async (kernel, steps, { base, parts, seed: _, ...options }) => {
  if (!parts.includes('launcher')) {
    const compiled = wgsl.compile(kernel, steps, options)
    const source = withContentHash(compiled.source)
    return { compiled: { ...compiled, source }, files: [{ name: `${base}.wgsl`, source }] }
  }
  const withParts = { ...options, recipe: { ...options.recipe, with: parts } }
  const compiled = wgsl.compile(kernel, steps, withParts)
  const { launcherModule } = await import('@qernel/codegen-wgsl/launcher')
  // A page learns only on the visitor's device which division is exact.
  const others =
    options.division === undefined && options.target === undefined && dividesFloats(kernel)
      ? {
          refined: wgsl.compile(kernel, steps, { ...withParts, division: 'refined' }),
          integer: wgsl.compile(kernel, steps, { ...withParts, division: 'integer' }),
        }
      : {}
  const source = launcherModule(compiled, kernel.summary, others)
  return { compiled, files: [fileWithContentHash({ name: `${base}.ts`, source })] }
}
