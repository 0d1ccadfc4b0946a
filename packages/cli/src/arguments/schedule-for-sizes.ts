/** Chooses the schedule for what is known about the sizes at compile time. */
import type { Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import { printSteps } from '@qernel/schedule'
import type { Invocation } from '../frame/command.ts'
import { type Multiples, multipleOptions, presumedMultiples } from './multiples.ts'
import { type ChosenSchedule, scheduleOptions } from './schedule.ts'
import { sizeOptions } from './sizes.ts'
import type { ScheduleChoice } from './tuned-schedule.ts'

/** The options that determine it. */
interface Options extends ScheduleChoice {
  readonly set: readonly string[]
  readonly multiple: readonly string[]
}

/**
 * Reads `--set` and `--multiple`, and reads the schedule again, which may depend on them. A multiple that is true but
 * has no effect is not a mistake: a note says so, and suggests one that would have an effect. For a tuned schedule, a note says where it comes from.
 *
 * @param device the device at hand, as its driver names it
 * @throws UsageError if an option is malformed or cannot be true
 * @throws InputError if a size breaks a fact that the kernel declares
 */
export function scheduleForSizes(
  options: Options,
  library: LibraryKernel,
  kernel: Kernel,
  target: Target,
  progress: Invocation['progress'],
  device?: string,
): { readonly fixed: ReadonlyMap<string, number>; readonly schedule: ChosenSchedule } {
  const fixed = sizeOptions(options.set, kernel)
  const note = (line: string): void => progress(`note: ${line}`)
  const given = multipleOptions(options.multiple, kernel, fixed, note)
  const presumed = presumedMultiples(library, kernel, target, fixed)
  const under = (more: Multiples): ChosenSchedule =>
    scheduleOptions(options, library, kernel, {
      target,
      fixed,
      multiples: new Map([...presumed, ...given, ...more]),
      ...(device !== undefined && { device }),
    })
  const schedule = under(new Map())
  if (schedule.remark !== undefined) note(schedule.remark)
  const stepsWhere = (...known: readonly SizeMultiple[]): string => printSteps(under(new Map(known)).steps)
  const isUseful = ([size, multiple]: SizeMultiple, ...others: readonly SizeMultiple[]): boolean =>
    stepsWhere([size, multiple], ...others) !== stepsWhere([size, 1], ...others)
  for (const [size, multiple] of given) {
    if (multiple === 1 || isDeclared(kernel, size, multiple) || isUseful([size, multiple])) continue
    const useful = powersOf2.find(each => isUseful([size, each]))
    const others = kernel.sizes.flatMap(({ name }) => (name === size || fixed.has(name) ? [] : [name]))
    const pairs = [multiple, ...powersOf2].flatMap(each =>
      others.flatMap(name =>
        powersOf2.map(
          (more): UsefulPair => [
            [size, each],
            [name, more],
          ],
        ),
      ),
    )
    const pair = useful === undefined ? pairs.find(([own, other]) => isUseful(own, other)) : undefined
    note(useless({ size, multiple, useful, pair, schedule, library, target: target.name }))
  }
  return { fixed, schedule }
}

type SizeMultiple = readonly [size: string, multiple: number]
type UsefulPair = readonly [own: SizeMultiple, other: SizeMultiple]

const powersOf2 = Array.from({ length: 12 }, (_, i) => 2 ** (i + 1))

interface Useless {
  readonly size: string
  readonly multiple: number
  /** The smallest multiple that would make a difference, alone or together with one of another size. */
  readonly useful: number | undefined
  readonly pair: UsefulPair | undefined
  readonly schedule: ChosenSchedule
  readonly library: LibraryKernel
  readonly target: string
}

/** The user should know if a promised multiple has no effect. */
function useless({ size, multiple, useful, pair, schedule, library, target }: Useless): string {
  const what = `--multiple ${size}=${multiple} changes nothing`
  if (!schedule.isOwn) {
    const written = schedule.where === '--steps' ? 'steps that are written out' : `the steps of ${schedule.where}`
    const others = library.schedules.map(({ name }) => `--schedule ${name}`)
    return `${what}: ${written} are the same whatever ${size} is a multiple of; what may use it: ${[...others, 'a step predicate(AXIS=assume)'].join(', ')}`
  }
  const reason = `${schedule.name} of ${library.name} for ${target} makes no use of ${size} being a multiple of ${multiple}`
  if (useful !== undefined) return `${what}: ${reason}; it uses ${size}=${useful}, or a multiple of it`
  if (pair !== undefined)
    return `${what}: ${reason}; it uses ${size} together with ${pair[1][0]}: ${pair.map(multipleText).join(' ')}`
  return `${what}: ${reason}, or of any other number`
}

/** Whether the facts of the kernel already imply it. */
const isDeclared = ({ sizes }: Kernel, size: string, multiple: number): boolean =>
  (sizes.find(({ name }) => name === size)?.facts.multipleOf ?? 1) % multiple === 0

const multipleText = ([size, multiple]: SizeMultiple): string => `--multiple ${size}=${multiple}`
