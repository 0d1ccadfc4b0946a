/** What a page would bundle: the library, its schedules and a back end. */
import { wgsl } from '@qernel/codegen-wgsl'
import { kernelHash } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'

/** The hash of every kernel, which includes the names of the axes. */
export const hashes = (): readonly (readonly [kernel: string, hash: string])[] =>
  kernelLibrary.map(({ name, define }) => [name, kernelHash(define())])

/** The reasons why kernels do not compile under schedules that were written for them. */
export function failures(): readonly string[] {
  return kernelLibrary.flatMap(({ name, define, schedules }) =>
    schedules.flatMap(schedule => {
      try {
        const kernel = define()
        const steps = schedule.steps({ kernel, target: { name: 'wgsl' } })
        return wgsl.compile(kernel, steps).source.includes('@compute') ? [] : [`${name}, ${schedule.name}: nothing`]
      } catch (error) {
        return [`${name}, ${schedule.name}: ${error}`]
      }
    }),
  )
}
