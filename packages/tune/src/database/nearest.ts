/** Finds the tuned schedule for a kernel: the exact one, or the nearest by a fixed rule, and says why. */
import { type Kernel, kernelHash } from '@qernel/dsl'
import { applySchedule, ScheduleRefusal, type ScheduleRequest, type Step } from '@qernel/schedule'
import { sizeClass, type TunedSchedule } from './entry.ts'

/** What a schedule is wanted for. */
export interface Wanted {
  readonly kernel: Kernel
  readonly target: NonNullable<ScheduleRequest['target']>
  /** As the driver names it; undefined if any device will do. Part of the name is enough where it fits only one device. */
  readonly device: string | undefined
  /** Sizes fixed at compile time. */
  readonly fixed: ReadonlyMap<string, number>
  /** Sizes at launch, as far as they are known. */
  readonly launch: ReadonlyMap<string, number>
  /** Known divisors of sizes. */
  readonly multiples: ReadonlyMap<string, number>
}

/** The schedule that was found, if any, and the reason in one sentence. */
export interface Found {
  readonly schedule?: TunedSchedule
  /** Its steps, without assumptions that are not known to hold. */
  readonly steps?: readonly Step[]
  readonly reason: string
}

/** Fixed sizes that differ by more than this factor say nothing about each other. */
const nearEnough = 2

/**
 * The nearest schedule. The definition, its types and the target must be the same. Then, in this order:
 * 1. the same device comes before another of the same vendor; other vendors do not count;
 * 2. the sizes fixed at compile time must be fixed here too; the same ones come before others, the nearest by ratio first, up to a factor of 2;
 * 3. of the sizes at launch, the nearest class (power of two) comes first; where they are not known, the largest.
 *
 * The first of them whose steps apply here is the one.
 */
export function nearestSchedule(schedules: readonly TunedSchedule[], wanted: Wanted): Found {
  const { kernel, target, device } = wanted
  const own = schedules.filter(each => each.kernel === kernel.name && each.target === target.name)
  const where = `${kernel.name} for ${target.name}`
  if (own.length === 0) return { reason: `no schedule of ${where} is in the database` }
  const hash = kernelHash(kernel)
  const same = own.filter(each => each.hash === hash)
  if (same.length === 0) {
    return {
      reason: `the database knows ${where} only with other types or an older definition: ${listed(own.map(({ element }) => element))}`,
    }
  }
  const onDevice = same.filter(
    each => device === undefined || vendorOf(each.device) === vendorOf(device) || isNamed(each.device, device),
  )
  if (onDevice.length === 0) {
    return {
      reason: `the database knows ${where} only on ${listed(same.map(each => each.device))}, not on ${device} or another device of its vendor`,
    }
  }
  const comparable = onDevice.filter(each => Object.keys(each.fixed).every(name => wanted.fixed.has(name)))
  if (comparable.length === 0) {
    const choices = listed(onDevice.map(({ fixed }) => sizesText(fixed)))
    const [first] = onDevice.map(({ fixed }) => Object.keys(fixed).filter(name => !wanted.fixed.has(name)))
    return {
      reason: `the schedules of ${where} are for fixed sizes (${choices}); fix them with ${(first ?? []).map(name => `--set ${name}=N`).join(' ')}`,
    }
  }
  const ranked = comparable
    .map(schedule => ({ schedule, distance: distanceTo(schedule, wanted) }))
    .filter(({ distance }) => (distance[1] as number) <= Math.log2(nearEnough))
    .sort((a, b) => compare(a.distance, b.distance))
  if (ranked.length === 0) {
    return {
      reason: `no schedule of ${where} is near these sizes; there are ${listed(comparable.map(({ fixed }) => sizesText(fixed)))}`,
    }
  }
  const refused: string[] = []
  for (const { schedule, distance } of ranked) {
    const { steps, because } = fitting(schedule.steps, wanted)
    if (steps !== undefined) {
      const nearest = distance.every(each => each <= 0) ? '' : ', the nearest'
      return { schedule, steps, reason: `tuned for ${described(schedule)}${nearest}${because}${skipped(refused)}` }
    }
    refused.push(`${described(schedule)}: ${because}`)
  }
  return { reason: `no schedule of ${where} applies here${skipped(refused)}` }
}

const skipped = (refused: readonly string[]): string =>
  refused.length === 0 ? '' : `; not ${refused[0]}${refused.length > 1 ? `, nor ${refused.length - 1} more` : ''}`

/** Smaller is nearer: device, fixed sizes, sizes at launch. */
function distanceTo({ device, fixed, launch }: TunedSchedule, wanted: Wanted): readonly number[] {
  const apart = Object.entries(fixed).map(([name, size]) =>
    Math.abs(Math.log2((wanted.fixed.get(name) as number) / size)),
  )
  const classes = Object.entries(launch).map(([name, size]) => {
    const known = wanted.launch.get(name) ?? wanted.fixed.get(name)
    return known === undefined ? -sizeClass(size) / 1000 : Math.abs(sizeClass(known) - sizeClass(size))
  })
  return [
    wanted.device === undefined || isNamed(device, wanted.device) ? 0 : 1,
    apart.reduce((sum, each) => sum + each, 0),
    classes.reduce((sum, each) => sum + each, 0),
  ]
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((each, i) => each !== b[i])
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number)
}

const isNamed = (device: string, name: string): boolean => device.toLowerCase().includes(name.toLowerCase())
const vendorOf = (device: string): string => device.toLowerCase().match(/[a-z]+/)?.[0] ?? ''

/** The steps if they apply; without `predicate(…=assume)` where what it assumes is not known; or why they do not. */
function fitting(
  steps: readonly Step[],
  wanted: Wanted,
): { readonly steps?: readonly Step[]; readonly because: string } {
  const whole = problemOf(steps, wanted)
  if (whole === undefined) return { steps, because: '' }
  const safe = steps.filter(
    ({ transform, stage: _, ...args }) => transform !== 'predicate' || !Object.values(args).includes('assume'),
  )
  if (safe.length === steps.length || problemOf(safe, wanted) !== undefined) return { because: whole }
  return { steps: safe, because: ` (without its predicate: ${whole})` }
}

/** Why steps do not fit; undefined if they do. */
function problemOf(steps: readonly Step[], { kernel, target, fixed, multiples }: Wanted): string | undefined {
  try {
    const { nest } = applySchedule(kernel, steps, {
      fixed,
      ...(target.nativeTypes && { nativeTypes: target.nativeTypes, hasSubgroups: target.subgroup !== undefined }),
      ...(target.limits && { limits: target.limits }),
    })
    const open = nest.assumptions.find(
      ({ size, multipleOf }) => (fixed.get(size) ?? multiples.get(size) ?? 1) % multipleOf !== 0,
    )
    return open && `it assumes that ${open.size} is a multiple of ${open.multipleOf}`
  } catch (error) {
    if (error instanceof ScheduleRefusal) return `${error.stepText} is refused: ${error.refusal.message}`
    throw error
  }
}

const sizesText = (sizes: Readonly<Record<string, number>>): string =>
  Object.entries(sizes)
    .map(([name, size]) => `${name}=${size}`)
    .join(' ') || 'none'

/** "NVIDIA H200, D=1024, T=131072, 99% of the ceiling (qernel 0.1.0)" */
const described = ({ device, fixed, launch, ofCeiling, version, commit }: TunedSchedule): string => {
  const figure = ofCeiling === undefined ? [] : [`${Math.round(ofCeiling * 100)}% of the ceiling there`]
  return `${[device, sizesText({ ...fixed, ...launch }), ...figure].join(', ')} (qernel ${commit ?? version})`
}

const listed = (names: readonly string[]): string =>
  [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(', ')
