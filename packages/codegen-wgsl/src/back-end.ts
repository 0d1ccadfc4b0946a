import { type BackEnd, prepare, type Target } from '@qernel/codegen'
import { loopLines, nameInFile, provenance } from '@qernel/codegen/internal'
import { pipeline } from './passes.ts'
import { portableWgsl } from './portable-target.ts'
import { printProgram } from './print/print-program.ts'

/** The portable target with another division. `refined` is only for devices with a fused fma, so it sets `fusedFma`. */
const dividingBy = (division: Target['numerics']['division']): Target =>
  division === portableWgsl.numerics.division
    ? portableWgsl
    : { ...portableWgsl, numerics: { ...portableWgsl.numerics, division, fusedFma: division === 'refined' } }

/** The WGSL back end: `wgsl.compile(kernel, steps, { target, fixed })` returns source and launch data. */
export const wgsl: BackEnd = {
  ...pipeline,
  compile(kernel, steps, options = {}) {
    const target = options.target ?? dividingBy(options.division ?? portableWgsl.numerics.division)
    const { scheduled, finished } = prepare(pipeline, kernel, steps, { ...options, target })
    const { arrays, sizes, requires, launches } = finished
    const { source, functions } = printProgram(finished, target, provenance(kernel, scheduled, target, options))
    return {
      kernel: kernel.name,
      target: 'wgsl',
      source,
      loopLines: loopLines(source, functions),
      arrays,
      sizes,
      requires,
      launches: launches.map(entry => ({ ...entry, entry: nameInFile(entry.entry) })),
    }
  },
}
