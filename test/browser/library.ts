/** What a page would bundle: the library, its schedules as text, a back end. */
import { wgsl } from '@qernel/codegen-wgsl'
import { kernelHash } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'

/** The hash of every kernel: axes have the names that it was written with. */
export const hashes = (): readonly (readonly [kernel: string, hash: string])[] =>
  kernelLibrary.map(({ name, define }) => [name, kernelHash(define())])

/** Why a kernel does not compile under a schedule that was written for it, for all that do not. */
export function failures(): readonly string[] {
  return kernelLibrary.flatMap(({ name, define, schedules }) =>
    schedules.flatMap(schedule => {
      try {
        const steps = parseSteps(schedule.steps({ name: 'wgsl', subgroups: false, fixed: new Map() }))
        return wgsl.compile(define(), steps).source.includes('@compute') ? [] : [`${name}, ${schedule.name}: nothing`]
      } catch (error) {
        return [`${name}, ${schedule.name}: ${error}`]
      }
    }),
  )
}
