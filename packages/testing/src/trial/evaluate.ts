/**
 * Evaluates a trial: the definition by its interpreter, the scheduled nest in both orders, and the lowered program on a
 * machine. All must give the same bits.
 */
import {
  beyondAnyOrder,
  type Disagreement,
  disagreements,
  disagreementText,
  exact,
  type Freedom,
  type Run,
} from '@qernel/acceptance'
import { type CompiledKernel, LaunchError, LoweringError, prepare, type SizeRequirement } from '@qernel/codegen'
import { InputError, interpretKernel, interpretNest, type Tensor } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { parseSteps, ScheduleRefusal, type Step } from '@qernel/schedule'
import { randomInputs } from '../random/inputs.ts'
import { compileProgram, type Launcher, type Machine, type ProgramOfTrial, tooLong } from './machine.ts'
import { ordersSums } from './sums.ts'
import type { Case, Trial } from './trial.ts'

export type Outcome =
  | { readonly kind: 'right' }
  /** The target or the nest refuses the schedule. */
  | { readonly kind: 'refused'; readonly why: Error }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'wrong'; readonly part: Part; readonly what: string }

/** Where it went wrong. While a trial is shrunk, only a failure in the same part counts as the same failure. */
export type Part = 'definition' | 'reference' | 'schedule' | 'nest' | 'machine'

type Outputs = ReadonlyMap<string, Tensor>

/** Another computation of the definition: an author's own oracle. */
export type Reference = (inputs: ReadonlyMap<string, Tensor>, sizes: ReadonlyMap<string, number>) => Outputs

/** Evaluates every case of a trial on one machine. Never throws: whatever a transform or a lowering throws is a finding. */
export async function evaluateTrial(trial: Trial, machine: Machine, reference?: Reference): Promise<Outcome> {
  const progress: Progress = { part: 'schedule', who: 'the schedule' }
  try {
    const program = programOf(trial, machine)
    progress.who = machine.name
    const launch = await machine.load(program)
    if (launch === undefined) return { kind: 'skipped', why: tooLong }
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

/** The current activity, for error messages. */
interface Progress {
  part: Part
  who: string
}

const isRefused = (error: unknown): error is Error =>
  [ScheduleRefusal, LoweringError, LaunchError, InputError].some(refusal => error instanceof refusal)

/**
 * The program of a trial, for a target. Shared words may have to be combined in shared memory first: the refusal says
 * so, and the schedule with that repair is tried as well.
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
 * The source of a trial as `evaluateTrial` runs it, for callers that first compile many at once.
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

  // A float sum that is split has its own order, which the nest determines, within what any order may give.
  const reorders = ordersSums(kernel, steps, one.values)
  const run: Run = { kernel, inputs, sizes, steps: reorders ? steps : [], fixed: nest.fixed }
  const wrong = (found: Outputs, expected: Outputs, freedom: Freedom = exact): string | undefined =>
    firstText(disagreements(run, found, freedom, expected))

  during('definition', 'the definition')
  const defined = interpretKernel(kernel, inputs, sizes)
  if (reference !== undefined) {
    during('reference', 'the reference')
    const differs = wrong(reference(inputs, sizes), defined)
    if (differs !== undefined) return differs
  }

  during('nest', 'the scheduled loops')
  const forward = interpretNest(nest, inputs, sizes)
  const expected = reorders ? forward : defined
  const beyond = firstText(beyondAnyOrder(run, forward, exact))
  if (beyond !== undefined) return beyond
  const differs = wrong(forward, expected)
  if (differs !== undefined) return differs
  during('nest', 'the scheduled loops, parallel ones run backwards')
  const backward = wrong(interpretNest(nest, inputs, sizes, { order: 'reverse' }), expected)
  if (backward !== undefined) return backward

  during('machine', machine.name)
  const ran = await launch({ inputs, sizes, seed: one.seed })
  return 'wrong' in ran ? ran.wrong : wrong(ran.outputs, expected, machine.freedom)
}

const firstText = ([first]: readonly Disagreement[]): string | undefined => first && disagreementText(first)

/** The sizes of a launch: fixed sizes as they are, the others raised to satisfy what the schedule relies on. */
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
