/** The schedule for what is known of the sizes when compiling. */
import type { Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import { printSteps } from '@qernel/schedule'
import { UsageError } from '../errors/usage-error.ts'
import { type Multiples, multipleOptions, presumedMultiples } from './multiples.ts'
import { type ChosenSchedule, scheduleOptions } from './schedule.ts'
import { sizeOptions } from './sizes.ts'

/** The options that decide about it. */
interface Options {
  readonly schedule: string | undefined
  readonly steps: string | undefined
  readonly set: readonly string[]
  readonly multiple: readonly string[]
}

/**
 * Reads `--set` and `--multiple`, and the schedule again, which may depend on them.
 * @throws UsageError also where the schedule makes no use of a multiple that was given
 * @throws InputError where a size breaks a fact that the kernel declares
 */
export function scheduleForSizes(
  options: Options,
  library: LibraryKernel,
  kernel: Kernel,
  target: Pick<Target, 'name' | 'subgroup'>,
): { readonly fixed: ReadonlyMap<string, number>; readonly schedule: ChosenSchedule } {
  const fixed = sizeOptions(options.set, kernel)
  const given = multipleOptions(options.multiple, kernel, fixed)
  const presumed = presumedMultiples(library, kernel, target, fixed)
  const under = (more: Multiples): ChosenSchedule =>
    scheduleOptions(options, kernel, { target, fixed, multiples: new Map([...presumed, ...given, ...more]) })
  const schedule = under(new Map())
  const stepsWhere = (...known: readonly SizeMultiple[]): string => printSteps(under(new Map(known)).steps)
  const isUseful = ([size, multiple]: SizeMultiple, ...others: readonly SizeMultiple[]): boolean =>
    stepsWhere([size, multiple], ...others) !== stepsWhere([size, 1], ...others)
  for (const [size, multiple] of given) {
    if (multiple === 1 || isUseful([size, multiple])) continue
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
    throw useless({ size, multiple, useful, pair, schedule, library, target: target.name })
  }
  return { fixed, schedule }
}

type SizeMultiple = readonly [size: string, multiple: number]
type UsefulPair = readonly [own: SizeMultiple, other: SizeMultiple]

const powersOf2 = Array.from({ length: 12 }, (_, i) => 2 ** (i + 1))

interface Useless {
  readonly size: string
  readonly multiple: number
  /** The least that would make a difference; else what would together with more about another size. */
  readonly useful: number | undefined
  readonly pair: UsefulPair | undefined
  readonly schedule: ChosenSchedule
  readonly library: LibraryKernel
  readonly target: string
}

/** Who says what a size is a multiple of has to hear where nothing comes of it. */
function useless({ size, multiple, useful, pair, schedule, library, target }: Useless): UsageError {
  const where = `--multiple ${size}=${multiple}`
  if (schedule.stepsFor === undefined) {
    const written = schedule.where === '--steps' ? 'steps that are written out' : `the steps of ${schedule.where}`
    return new UsageError({
      what: `${written} are the same whatever ${size} is a multiple of`,
      where,
      allowed: [
        ...library.schedules.map(({ name }) => `--schedule ${name}`),
        'a step predicate(AXIS=assume) in the schedule itself',
      ],
    })
  }
  return new UsageError({
    what: `${schedule.name} of ${library.name} for ${target} makes no use of ${size} being a multiple of ${multiple}`,
    where,
    ...(useful !== undefined
      ? { allowed: `${size}=${useful}, or a multiple of it` }
      : pair !== undefined
        ? { allowed: `${size} together with ${pair[1][0]}: ${pair.map(multipleText).join(' ')}` }
        : { hint: `leave it out: no multiple of ${size} makes a difference here` }),
  })
}

const multipleText = ([size, multiple]: SizeMultiple): string => `--multiple ${size}=${multiple}`
