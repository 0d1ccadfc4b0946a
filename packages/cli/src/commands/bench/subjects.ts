/** Reads what to measure from the options: kernels, sizes, types and schedules. */
import type { Subject } from '@qernel/bench'
import { f32, type Kernel, type StorageType, visitExpr } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import { offeredSchedules, type Schedule } from '@qernel/schedule'
import { elementTypeOption, kernelArgument } from '../../arguments/kernel.ts'
import { multiplesOf } from '../../arguments/multiples.ts'
import { scheduleOptions } from '../../arguments/schedule.ts'
import { sizeOptions } from '../../arguments/sizes.ts'
import { type ScheduleChoice, TUNED_SCHEDULE } from '../../arguments/tuned-schedule.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { OptionValues } from '../../frame/command.ts'
import type { benchOptions } from './options.ts'

/** The kernels measured if no KERNEL is given. */
const usual = ['int8_per_channel_quantize', 'int8_per_channel_dequantize', 'int8_per_channel_scale', 'int8_per_token']

type Values = OptionValues<typeof benchOptions>
/** The options that say what is measured. */
type Asked = Pick<Values, 'set' | 'type' | 'schedule'> & Partial<Pick<Values, 'database'>>
type Sizes = readonly (readonly [T: number, D: number])[]

/**
 * Every kernel, in every type, at every size, with its schedules.
 *
 * @param note told where a tuned schedule comes from
 * @throws UsageError
 */
export function subjectsOf(
  chosen: readonly LibraryKernel[],
  options: Asked,
  written: readonly Schedule[],
  sizes: Sizes,
  note: (text: string) => void = () => {},
): Subject[] {
  return chosen.flatMap(library => {
    const types = options.type.map(text => elementTypeOption(text, library) as StorageType)
    return sizes.flatMap(size =>
      (types.length === 0 ? [library.element.types[0] ?? f32] : types).map(type =>
        subject(library, library.define(type), size, options, written, note),
      ),
    )
  })
}

/** The kernels that are measured: the one that is named, or the usual ones. */
export async function benchedKernels(
  name: string | undefined,
  options: Values,
): Promise<{ readonly libraries: readonly LibraryKernel[]; readonly options: Values }> {
  if (name !== undefined) {
    const { library, options: rest } = await kernelArgument(name, options)
    return { libraries: [library], options: rest }
  }
  const usualOnes = await Promise.all(usual.map(each => kernelArgument(each, options)))
  return { libraries: usualOnes.map(({ library }) => library), options }
}

function subject(
  library: LibraryKernel,
  kernel: Kernel,
  [T, D]: Sizes[number],
  options: Asked,
  written: readonly Schedule[],
  note: (text: string) => void,
): Subject {
  const sizes = new Map(sizeOptions(options.set, kernel))
  const names = kernel.sizes.map(({ name }) => name)
  for (const [name, value] of [
    ['T', T],
    ['D', D],
  ] as const) {
    if (!names.includes(name)) continue
    if (sizes.has(name)) {
      throw new UsageError({
        what: `size ${name} is already given by --sizes TxD`,
        where: `--set ${name}=${sizes.get(name)}`,
      })
    }
    sizes.set(name, value)
  }
  if (!names.includes('T')) {
    throw new UsageError({
      what: `${kernel.name} has no size T, and rows of T are measured`,
      where: kernel.name,
      allowed: 'a kernel with a size T',
    })
  }
  const missing = names.find(each => !sizes.has(each))
  if (missing !== undefined) {
    throw new UsageError({
      what: `size ${missing} of ${kernel.name} has no value`,
      where: '--sizes',
      allowed: `--set ${missing}=N`,
    })
  }
  return {
    kernel,
    wide: library.element.tensor,
    sizes,
    open: 'T',
    schedules: schedulesOf(library, kernel, options, written, multiplesOf(new Map([['T', T]]), new Map()), note),
  }
}

function schedulesOf(
  library: LibraryKernel,
  kernel: Kernel,
  { schedule, database }: Asked,
  written: readonly Schedule[],
  multiples: ReadonlyMap<string, number>,
  note: (text: string) => void,
): Schedule[] {
  const named = [...offeredSchedules(kernel), ...library.schedules].map(({ name }) => name)
  const names = schedule.length + written.length === 0 ? named : [...new Set(schedule)]
  const chosen = (name: string): ScheduleChoice => ({
    schedule: name,
    steps: undefined,
    ...(name === TUNED_SCHEDULE && { database }),
  })
  return [...names.map(each => namedSchedule(each, chosen(each), library, kernel, multiples, note)), ...written]
}

/** The schedule with a name or from a file. It may depend on the divisors of the subject's sizes. */
function namedSchedule(
  name: string,
  chosen: ScheduleChoice,
  library: LibraryKernel,
  kernel: Kernel,
  multiples: ReadonlyMap<string, number>,
  note: (text: string) => void,
): Schedule {
  // Unreadable text is refused now; schedules that do not apply are reported when they would be measured.
  scheduleOptions(chosen, library, kernel)
  return {
    name,
    summary: '',
    steps: request => {
      const { steps, remark } = scheduleOptions(chosen, library, kernel, { ...request, multiples })
      if (remark !== undefined) note(`${kernel.name}, ${name}: ${remark}`)
      return steps
    },
  }
}

/**
 * Reads `--sizes 131072x1024,131072x8192`; undefined if the option is not given.
 * @throws UsageError
 */
export function sizesOption(text: string | undefined): Sizes | undefined {
  return text?.split(',').map(each => {
    const [, T, D] = /^([1-9]\d{0,9})[x×]([1-9]\d{0,9})$/.exec(each.trim()) ?? []
    if (T !== undefined && D !== undefined) return [Number(T), Number(D)] as const
    throw new UsageError({
      what: `'${each}' is not of the form TxD`,
      where: '--sizes',
      allowed: 'such as 131072x1024, separated by commas',
    })
  })
}

/** @throws UsageError if the text is not a count from 1 to 2048, the most launches that one query set can time */
export function countOption(where: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= 2048) return count
  throw new UsageError({ what: `'${text}' is not a count`, where, allowed: 'a whole number from 1 to 2048' })
}

/**
 * Arithmetic operations of the definition per element of a tensor: those of stages of the same size, and of reductions,
 * which fold once per element.
 */
export function operationsPerElement(kernel: Kernel, tensor: string): number {
  const rank = kernel.tensors.find(({ name }) => name === tensor)?.dims.length ?? 0
  let count = 0
  for (const { axes, value } of kernel.stages) {
    const inReductions = new Set<unknown>()
    visitExpr(value, node => {
      if (node.kind === 'reduce') {
        count++
        visitExpr(node.body, inner => inReductions.add(inner))
      }
    })
    visitExpr(value, node => {
      if (node.kind === 'op' && (inReductions.has(node) || axes.length === rank)) count++
    })
  }
  return count
}
