/** A page that only generates code. */
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { kernelLibrary } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'

/** Runs while the page loads, because text that a test sends through the browser's debugger is evaluated in any case. */
function nameOfError(attempt: () => unknown): string {
  try {
    return `no error: ${attempt()}`
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

const exported = {
  /** Both sources of a kernel of the library. */
  compile(name: string, steps: string): { readonly wgsl: string; readonly cuda: string } {
    const kernel = kernelLibrary.find(one => one.name === name)?.define()
    if (kernel === undefined) throw new Error(`the library has no ${name}`)
    const parsed = parseSteps(steps)
    return { wgsl: wgsl.compile(kernel, parsed).source, cuda: cuda.compile(kernel, parsed).source }
  },
  evaluated: nameOfError(() => new Function('return 1')()),
}
export type Exported = typeof exported
Object.assign(globalThis, { exported })
