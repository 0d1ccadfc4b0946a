/** The kernels of the library under their schedules, and the comparison of one launch with the definition. */
import { disagreements, disagreementText, freedomOf } from '@qernel/acceptance'
import type { CompiledKernel } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { f32, type Kernel, type StorageType } from '@qernel/dsl'
import { kernelLibrary, type LibraryKernel } from '@qernel/kernels'
import { type Device, runKernel } from '@qernel/runtime'
import { namedSchedules, type Step } from '@qernel/schedule'
import { randomInputs, type ValueClass } from '@qernel/testing'

/** One kernel under one schedule, compiled for a device. */
export interface LibraryCase {
  /** `int8_per_token/f32, best` */
  readonly title: string
  readonly kernel: Kernel
  readonly compiled: CompiledKernel
}

export interface CaseOptions {
  readonly elements?: readonly StorageType[]
  /** The named schedules to try. */
  readonly named?: readonly string[]
}

/** The library under named schedules and each kernel's own. */
export function libraryCases(
  device: Device,
  chosen: (library: LibraryKernel) => boolean,
  { elements = [f32], named = ['naive'] }: CaseOptions = {},
): LibraryCase[] {
  const backEnd = device.target.name === 'cuda' ? cuda : wgsl
  return kernelLibrary.filter(chosen).flatMap(library =>
    elements.flatMap(element => {
      const kernel = library.define(element)
      const own = library.schedules.map(({ name, steps }): [string, readonly Step[]] => [
        name,
        steps({ kernel, target: device.target }),
      ])
      const general = namedSchedules
        .filter(({ name }) => named.includes(name))
        .map(({ name, steps }): [string, readonly Step[]] => [name, steps({ kernel })])
      return [...general, ...own].map(([scheduleName, steps]) => ({
        title: `${kernel.name}/${element.name}, ${scheduleName}`,
        kernel,
        compiled: backEnd.compile(kernel, steps, { target: device.target, scheduleName }),
      }))
    }),
  )
}

const odd: Readonly<Record<string, number>> = { T: 5, H: 2, D: 37, C: 19, B: 3 }

/** Small sizes that satisfy the facts of a kernel and of its schedule, and leave tails wherever possible. */
export function oddSizes(kernel: Kernel, { requires }: CompiledKernel, scale = 1): Map<string, number> {
  return new Map(
    kernel.sizes.map(({ name, facts: { multipleOf = 1 } }) => {
      const multiples = requires.filter(({ size }) => size === name).map(each => each.multipleOf ?? 1)
      const multiple = Math.max(multipleOf, ...multiples)
      // Three blocks of 32 per row: not a whole number of pairs.
      const least = multiple === 32 ? 96 : (odd[name] ?? 3)
      return [name, Math.ceil((least * scale) / multiple) * multiple]
    }),
  )
}

/** The differences from the definition, as lines; none if all is right. */
export async function differences(
  device: Device,
  { kernel, compiled }: LibraryCase,
  sizes: ReadonlyMap<string, number>,
  values: ValueClass,
  seed: number,
): Promise<string[]> {
  const inputs = randomInputs(kernel, sizes, values, seed)
  const executable = await device.load(compiled)
  const { outputs } = await runKernel(device, executable, { inputs, sizes: Object.fromEntries(sizes) })
  return disagreements({ kernel, inputs, sizes }, outputs, freedomOf(device)).map(disagreementText)
}
