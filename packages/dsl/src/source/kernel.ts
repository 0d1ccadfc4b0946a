/** Kernels written with ordinary operators, and schedules beside them. */
import type { ArrayInput, RunResult } from './arrays.ts'
import type { KernelBuilder } from './authoring.ts'
import { runKernel } from './run.ts'

/** A kernel written with ordinary operators. The compiler reads its file; `run` runs the function itself. */
export interface SourceKernel {
  readonly name: string
  readonly summary: string
  /**
   * Runs the definition as plain TypeScript, in float64 and without the compiler, on arrays by name. The fields of a record `blocks` are the arrays
   * `blocks.d` and `blocks.q`.
   *
   * @param sizes values of sizes that no input has as a dimension
   * @returns outputs and temporaries by name
   * @throws RunError for arrays that do not fit
   */
  run(inputs: Readonly<Record<string, ArrayInput>>, sizes?: Readonly<Record<string, number>>): Record<string, RunResult>
  /** Where `kernel` was called, as a line of a stack trace, from which `loadKernel` finds the source; undefined where the engine does not say. */
  readonly callSite: string | undefined
}

/**
 * A kernel. Its function is ordinary TypeScript: tensors are called with indices and give numbers, and `+ − * / % **`, comparisons, `? :`, `&&`,
 * `||` and the functions of this module compute with them. The compiler reads the file and never runs it.
 *
 * @param summary one line: formula, shapes, source
 */
export function kernel(name: string, define: (builder: KernelBuilder) => void, summary = ''): SourceKernel {
  const trace: { readonly stack?: string } = {}
  // Engines other than V8 may lack it.
  const { captureStackTrace } = Error as { captureStackTrace?: (into: object, below: unknown) => void }
  captureStackTrace?.(trace, kernel)
  return {
    name,
    summary,
    run: (inputs, sizes = {}) => runKernel(define, inputs, sizes),
    // Source maps are applied when the trace is read.
    get callSite() {
      return trace.stack?.split('\n')[1]?.trim()
    },
  }
}

/** A schedule of a kernel, beside it in its file. */
export interface SourceSchedule {
  readonly steps: readonly (string | StepData)[]
}
/** A step as `tile({ t: 16 })` of `@qernel/schedule` makes it. */
interface StepData {
  readonly transform: string
}

/**
 * A schedule under the name of the constant that holds it: `export const fast = schedule(halved, tile({ t: 8 }))`, or as text,
 * `schedule(halved, 'tile(t=8) vectorize(d=4)')`. A kernel with parameters is named without them.
 */
export const schedule = (
  _of: SourceKernel | ((...parameters: never[]) => SourceKernel),
  ...steps: readonly (string | StepData)[]
): SourceSchedule => ({ steps })
