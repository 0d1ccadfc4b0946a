/** A CUDA file with optional files for a project: a header, a self-test, a PyTorch extension, and a CMake file. */
import { type CompiledKernel, type CompileOptions, LoweringError } from '@qernel/codegen'
import { reordersSums } from '@qernel/codegen/internal'
import { type Kernel, operations, visitExpr } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import { compileFile } from '../compile-file.ts'
import { cmakeFile } from './cmake-file.ts'
import type { DropInContext } from './context.ts'
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
 * @throws as `cuda.compile`; LoweringError if a self-test is requested but CPU loops cannot give the same bits
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
    ...file,
    provenance: name => file.provenance(recipeOf(name)),
  }
  const isCompared = parts.includes('main') || parts.includes('torch')
  if (isCompared) checkComparable(kernel, steps)
  const files: DropInFile[] = [
    ...(hasHeader ? [headerFile(context)] : []),
    ...(isCompared ? [referenceFile(context)] : []),
    ...(parts.includes('main') ? [mainFile(context)] : []),
    ...(parts.includes('torch') ? torchFiles(context) : []),
    ...(parts.includes('cmake') ? [cmakeFile(context)] : []),
  ]
  return { compiled: file.compiled, files: [{ name: sourceName, source: file.compiled.source }, ...files] }
}

/** Throws unless CPU loops give the same bits, which requires that all operations are exact and no sum is reordered. */
function checkComparable(kernel: Kernel, steps: readonly Step[]): void {
  const because = [...inexactOperations(kernel), ...reordersSums(kernel, steps).map(({ transform }) => transform)]
  if (because.length === 0) return
  throw new LoweringError(
    `${kernel.name} has no self-test: ${because.join(', ')} may give different bits on the CPU; use a schedule that keeps the order of sums, or omit --with main and torch`,
  )
}

function inexactOperations(kernel: Kernel): string[] {
  const found = new Set<string>()
  for (const { value } of kernel.stages) {
    visitExpr(value, node => {
      if (node.kind === 'op' && node.op !== 'sqrt' && operations[node.op].approximate !== undefined) found.add(node.op)
    })
  }
  return [...found].sort()
}
