/**
 * Evaluates a trial: the definition by its interpreter, the scheduled nest in both orders, and the lowered program on a
 * machine. All have to give the same bits.
 */
import { type CompiledKernel, LaunchError, LoweringError, prepare, type SizeRequirement } from '@qernel/codegen'
import { InputError, interpretKernel, interpretNest, type Kernel, type Tensor } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { parseSteps, ScheduleRefusal, type Step } from '@qernel/schedule'
import { randomInputs } from '../random/inputs.ts'
import { flushedOutputs } from './flushing.ts'
import { compileProgram, type Launcher, type Machine, type ProgramOfTrial } from './machine.ts'
import { ordersSums } from './sums.ts'
import type { Case, Trial } from './trial.ts'

export type Outcome =
  | { readonly kind: 'right' }
  /** The target or the nest does not take the schedule. */
  | { readonly kind: 'refused'; readonly why: Error }
  /** Too long for a software driver. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'wrong'; readonly part: Part; readonly what: string }

/** Where it went wrong: nothing else counts as the same failure while a trial is made smaller. */
export type Part = 'definition' | 'reference' | 'schedule' | 'nest' | 'machine'

type Outputs = ReadonlyMap<string, Tensor>

/** A definition computed otherwise: an author's own oracle. */
export type Reference = (inputs: ReadonlyMap<string, Tensor>, sizes: ReadonlyMap<string, number>) => Outputs

/** Evaluates every case of a trial on one machine. Never throws: whatever a transform or a lowering throws is a finding. */
export async function evaluateTrial(trial: Trial, machine: Machine, reference?: Reference): Promise<Outcome> {
  const progress: Progress = { part: 'schedule', who: 'the schedule' }
  try {
    const program = programOf(trial, machine)
    progress.who = machine.name
    const launch = await machine.load(program)
    if (launch === undefined) return { kind: 'skipped' }
    for (const one of trial.cases) {
      const what = await evaluateCase({ ...program, machine, launch, reference }, one, progress)
      if (what !== undefined) return { kind: 'wrong', part: progress.part, what: `${progress.who}: ${what}` }
    }
    return { kind: 'right' }
  } catch (error) {
    if (isRefused(error)) return { kind: 'refused', why: error }
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { kind: 'wrong', part: progress.part, what: `${progress.who}: ${what}` }
  }
}

/** What is being done, for whoever sees it fail. */
interface Progress {
  part: Part
  who: string
}

const isRefused = (error: unknown): error is Error =>
  [ScheduleRefusal, LoweringError, LaunchError, InputError].some(refusal => error instanceof refusal)

/**
 * The program of a trial, for a target. Shared words may have to meet in shared memory first: the refusal says so, and with it the
 * schedule is one more to try.
 *
 * @throws ScheduleRefusal, LoweringError where the target does not take it
 */
function programOf(
  { kernel, steps, fixed: sizes, cases: [first] }: Trial,
  { backEnd, target }: Pick<Machine, 'backEnd' | 'target'>,
): ProgramOfTrial {
  const fixed = new Map(Object.entries(sizes))
  const seed = first?.seed ?? 0
  const prepared = (all: readonly Step[]): ProgramOfTrial => ({
    kernel,
    steps: all,
    fixed,
    prepared: prepare(backEnd, kernel, all, { target, fixed, verify: true }),
    seed,
  })
  try {
    return prepared(steps)
  } catch (error) {
    const offered = error instanceof ScheduleRefusal ? error.refusal.alternatives.at(-1) : undefined
    if (offered?.startsWith('cache(') !== true) throw error
    return prepared([...steps, ...parseSteps(offered)])
  }
}

/**
 * The source of a trial as `evaluateTrial` runs it: for who wants to compile many at once first.
 *
 * @throws ScheduleRefusal, LoweringError where the target does not take it
 */
export const compileTrial = (trial: Trial, device: Pick<Device, 'backEnd' | 'target'>): CompiledKernel =>
  compileProgram(programOf(trial, device), device)

interface Subject extends ProgramOfTrial {
  readonly machine: Machine
  readonly launch: Launcher
  readonly reference: Reference | undefined
}

async function evaluateCase(subject: Subject, one: Case, progress: Progress): Promise<string | undefined> {
  const { kernel, machine, prepared, launch, reference } = subject
  const { nest, steps } = prepared.scheduled
  const during = (part: Part, who: string) => Object.assign(progress, { part, who })
  const sizes = launchSizes(one.sizes, nest.fixed, prepared.finished.requires)
  const inputs = randomInputs(kernel, sizes, one.values, one.seed)

  during('definition', 'the definition')
  const defined = interpretKernel(kernel, inputs, sizes)
  if (reference !== undefined) {
    during('reference', 'the reference')
    const wrong = compare(kernel, defined, reference(inputs, sizes))
    if (wrong !== undefined) return wrong
  }

  during('nest', 'the scheduled loops')
  const forward = interpretNest(nest, inputs, sizes)
  // A sum of floats in parts has an order of its own, which the nest gives.
  const reorders = ordersSums(kernel, steps, one.values)
  const expected = reorders ? forward : defined
  const wrong = compare(kernel, expected, forward)
  if (wrong !== undefined) return wrong
  during('nest', 'the scheduled loops, parallel ones run backwards')
  const backward = compare(kernel, expected, interpretNest(nest, inputs, sizes, { order: 'reverse' }))
  if (backward !== undefined) return backward

  during('machine', machine.name)
  const ran = await launch({ inputs, sizes, seed: one.seed })
  if ('wrong' in ran) return ran.wrong
  const differs = compare(kernel, expected, ran.outputs)
  if (differs === undefined || machine.keepsDenormals) return differs
  const flushed = flushedOutputs(kernel, inputs, sizes)
  if (flushed === undefined) return undefined
  // Which denormals a sum in another order meets, only that order knows.
  if (reorders && flushed.some(outputs => compare(kernel, defined, outputs) !== undefined)) return undefined
  return compare(kernel, expected, ran.outputs, flushed)
}

/** The sizes of a launch: those that are fixed, and the others raised to what the schedule relies on. */
export function launchSizes(
  wanted: Readonly<Record<string, number>>,
  fixed: ReadonlyMap<string, number>,
  requires: readonly SizeRequirement[],
): Map<string, number> {
  return new Map(
    Object.entries(wanted).map(([name, value]): [string, number] => {
      const given = fixed.get(name)
      if (given !== undefined) return [name, given]
      const factors = requires.flatMap(({ size, multipleOf }) => (size === name && multipleOf ? [multipleOf] : []))
      let raised = value
      while (factors.some(factor => raised % factor !== 0)) raised++
      return [name, raised]
    }),
  )
}

/**
 * Bit for bit; every NaN is one.
 * @param flushed what a device may give that flushes denormals: where one of them differs, the device is free
 */
function compare(
  { tensors }: Kernel,
  expected: Outputs,
  found: Outputs,
  flushed: readonly Outputs[] = [],
): string | undefined {
  for (const { name, role } of tensors) {
    if (role !== 'output') continue
    const { data: wanted, shape } = expected.get(name) as Tensor
    const given = found.get(name)?.data ?? []
    if (given.length !== wanted.length) return `${name} has ${given.length} elements, not ${wanted.length}`
    const loose = flushed.map(outputs => outputs.get(name)?.data)
    for (let i = 0; i < wanted.length; i++) {
      if (Object.is(wanted[i], given[i])) continue
      if (loose.some(data => !Object.is(wanted[i], data?.[i]))) continue
      return `${name}[${positionOf(i, shape).join(', ')}] is ${show(given[i])}, not ${show(wanted[i])}`
    }
  }
  return undefined
}

const show = (x: number | undefined): string => (Object.is(x, -0) ? '-0' : String(x))

function positionOf(flat: number, shape: readonly number[]): number[] {
  let left = flat
  return [...shape]
    .reverse()
    .map(extent => {
      const at = left % extent
      left = (left - at) / extent
      return at
    })
    .reverse()
}
