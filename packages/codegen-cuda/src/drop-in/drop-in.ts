/** A CUDA file with optional files for a project: a header, a self-test, a PyTorch extension, and a CMake file. */
import type { CompiledKernel, CompileOptions } from '@qernel/codegen'
import { reordersSums } from '@qernel/codegen/internal'
import { type Kernel, operations, visitExpr } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import { compileFile } from '../compile-file.ts'
import { cmakeFile } from './cmake-file.ts'
import type { Comparison, DropInContext } from './context.ts'
import { headerFile } from './header-file.ts'
import { mainFile } from './main-file.ts'
import type { DropInFile, DropInPart } from './parts.ts'
import { referenceFile } from './reference-file.ts'
import { torchFiles } from './torch-files.ts'

/** Options of `dropIn`: the files to make besides the CUDA file, their names, and the seed of self-tests. */
export interface DropInOptions extends CompileOptions {
  /** The base of the file names: `quantize` for `quantize.cu`. */
  readonly base: string
  readonly parts: readonly DropInPart[]
  /** The seed for the random inputs of self-tests. */
  readonly seed: number
}

/**
 * Generates the source first, then the other files in a fixed order. Each begins with its own provenance, whose recipe names it as `file`.
 *
 * @throws as `cuda.compile`
 */
export function dropIn(
  kernel: Kernel,
  steps: readonly Step[],
  { base, parts, seed, ...options }: DropInOptions,
): { readonly compiled: CompiledKernel; readonly files: readonly [DropInFile, ...DropInFile[]] } {
  const hasHeader = parts.length > 0
  const recipeOf = (name: string) => ({
    ...options.recipe,
    ...(hasHeader ? { base, with: parts, file: name } : {}),
    seed,
  })
  const sourceName = `${base}.cu`
  const file = compileFile(kernel, steps, {
    ...options,
    recipe: recipeOf(sourceName),
    ...(hasHeader ? { declaredIn: `${base}.cuh` } : {}),
  })
  const context: DropInContext = {
    kernel,
    base,
    parts,
    seed,
    fixed: options.fixed ?? new Map(),
    comparison: comparisonOf(kernel, steps),
    ...file,
    provenance: name => file.provenance(recipeOf(name)),
  }
  const isCompared = parts.includes('main') || parts.includes('torch')
  const files: DropInFile[] = [
    ...(hasHeader ? [headerFile(context)] : []),
    ...(isCompared ? [referenceFile(context)] : []),
    ...(parts.includes('main') ? [mainFile(context)] : []),
    ...(parts.includes('torch') ? torchFiles(context) : []),
    ...(parts.includes('cmake') ? [cmakeFile(context)] : []),
  ]
  return { compiled: file.compiled, files: [{ name: sourceName, source: file.compiled.source }, ...files] }
}

/** CPU loops give the same bits if all operations are exact and no sum is reordered. */
function comparisonOf(kernel: Kernel, steps: readonly Step[]): Comparison {
  const sumsInAnyOrder = reordersSums(kernel, steps).length > 0
  return sumsInAnyOrder || hasInexactOperations(kernel) ? { by: 'intervals', sumsInAnyOrder } : { by: 'bits' }
}

function hasInexactOperations(kernel: Kernel): boolean {
  let found = false
  for (const { value } of kernel.stages) {
    visitExpr(value, node => {
      if (node.kind === 'op' && node.op !== 'sqrt' && operations[node.op].approximate !== undefined) found = true
    })
  }
  return found
}
