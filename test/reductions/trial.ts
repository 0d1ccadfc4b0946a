/** One random case as plain data: a line of text replays it. */
import {
  LoweringError,
  prepare,
  removeDeadCode,
  renderFinding,
  type SizeRequirement,
  scalarize,
  simulate,
  type Target,
} from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { portableWgsl, wgsl } from '@qernel/codegen-wgsl'
import { interpretKernel, interpretNest, type Kernel, type Tensor } from '@qernel/dsl'
import { type Device, runKernel } from '@qernel/runtime'
import { parseSteps, printSteps, ScheduleRefusal } from '@qernel/schedule'
import fc from 'fast-check'
import { randomInputs } from '../random/random-inputs.ts'
import { kernels } from './kernels.ts'
import { composeSteps, draws } from './random-schedules.ts'

export interface Trial {
  readonly kernel: string
  readonly steps: string
  readonly sizes: Readonly<Record<string, number>>
  readonly seed: number
}

export const parseTrial = (line: string): Trial => JSON.parse(line) as Trial
export const printTrial = (trial: Trial): string => JSON.stringify(trial)

const sizeValue = fc.oneof(fc.nat(9), fc.constantFrom(0, 1, 8, 13, 16, 17, 32, 33, 40))

export const trials: fc.Arbitrary<Trial> = fc
  .record({
    kernel: fc.constantFrom(...kernels),
    list: draws,
    inOrder: fc.constantFrom(true, true, false),
    values: fc.array(sizeValue, { minLength: 3, maxLength: 3 }),
    seed: fc.nat(1e6),
  })
  .map(({ kernel, list, inOrder, values, seed }) => {
    const { steps } = composeSteps(kernel, new Map(), list, inOrder)
    const sizes = kernel.sizes.map(({ name }, i): [string, number] => [name, values[i] as number])
    return { kernel: kernel.name, steps: printSteps(steps), sizes: Object.fromEntries(sizes), seed }
  })

/** Every way in which lanes can meet: through memory alone, and by subgroups of any width on top. */
const simulated: readonly { readonly target: Target; readonly subgroupSize: number }[] = [
  { target: portableWgsl, subgroupSize: 4 },
  { target: { ...portableWgsl, subgroup: { min: 4, max: 32 } }, subgroupSize: 16 },
  { target: { ...portableWgsl, subgroup: { min: 8, max: 8 } }, subgroupSize: 8 },
  { target: cuda.portableTarget, subgroupSize: 32 },
]

type Outputs = ReadonlyMap<string, Tensor>
type Outcome = 'right' | 'refused' | { readonly wrong: string }

/** The nest in both orders and, where the target takes it, the program simulated in a random order. */
export function simulateTrial(trial: Trial): Outcome {
  const { target, subgroupSize } = simulated[trial.seed % simulated.length] as (typeof simulated)[number]
  const ready = makeReady(trial, target, true)
  if (ready === 'refused' || 'wrong' in ready) return ready
  const { lowered } = ready.prepared
  const program = target.vectorArithmetic ? lowered.program : scalarize(removeDeadCode(lowered.program))
  const { outputs, findings } = simulate({ ...lowered, program }, ready.inputs, ready.sizes, {
    seed: trial.seed,
    subgroupSize,
  })
  if (findings.length > 0) return { wrong: findings.map(renderFinding).join('\n') }
  return compare(`simulated for ${target.name}`, ready.kernel, ready.expected, outputs)
}

/** The program on a device, every third time as if it had no subgroups. */
export async function runTrial(device: Device, trial: Trial): Promise<Outcome> {
  const { subgroup: _, ...without } = device.target
  const target = trial.seed % 3 === 0 ? without : device.target
  const ready = makeReady(trial, target, device.profile.keepsDenormals)
  if (ready === 'refused' || 'wrong' in ready) return ready
  const compiled = wgsl.compile(ready.kernel, ready.steps, { target })
  // What is written out at length takes a driver seconds and shows nothing new.
  if (compiled.source.length > 20_000) return 'refused'
  const executable = await device.load(compiled)
  const { outputs } = await runKernel(device, executable, {
    inputs: ready.inputs,
    sizes: Object.fromEntries(ready.sizes),
  })
  return compare(device.name, ready.kernel, ready.expected, outputs)
}

/** Schedules and lowers a trial, and says what it has to give: by the nest in both orders, which must agree. */
function makeReady(trial: Trial, target: Target, keepsDenormals: boolean) {
  const kernel = kernels.find(each => each.name === trial.kernel) as Kernel
  try {
    let steps = parseSteps(trial.steps)
    let prepared: ReturnType<typeof prepare>
    try {
      prepared = prepare(kernel, steps, target, {})
    } catch (error) {
      // Shared words meet in shared memory first, where the refusal says so.
      const offered = error instanceof ScheduleRefusal ? error.refusal.alternatives.at(-1) : undefined
      if (offered?.startsWith('cache(') !== true) throw error
      steps = [...steps, ...parseSteps(offered)]
      prepared = prepare(kernel, steps, target, {})
    }
    const sizes = roundedSizes(trial, prepared.lowered.requires)
    const inputs = randomInputs(kernel, sizes, trial.seed, keepsDenormals)
    const { nest } = prepared.scheduled
    const forward = interpretNest(nest, inputs, sizes)
    // A sum of floats in parts has an order of its own, which the nest gives.
    const expected =
      trial.steps.includes('splitReduction(') && sumsFloats(kernel) ? forward : interpretKernel(kernel, inputs, sizes)
    for (const found of [forward, interpretNest(nest, inputs, sizes, { order: 'reverse' })]) {
      const outcome = compare('the nest', kernel, expected, found)
      if (outcome !== 'right') return outcome
    }
    return { kernel, steps, sizes, inputs, expected, prepared }
  } catch (error) {
    if (error instanceof ScheduleRefusal || error instanceof LoweringError) return 'refused'
    throw error
  }
}

/** The sizes of a trial, each raised to what the schedule relies on. */
function roundedSizes({ sizes }: Trial, requires: readonly SizeRequirement[]): Map<string, number> {
  const factors = (name: string): number[] =>
    requires.flatMap(({ size, multipleOf }) => (size === name && multipleOf !== undefined ? [multipleOf] : []))
  return new Map(
    Object.entries(sizes).map(([name, value]) => {
      let rounded = value
      while (factors(name).some(of => rounded % of !== 0)) rounded++
      return [name, rounded]
    }),
  )
}

const sumsFloats = (kernel: Kernel): boolean => ['root_mean_square', 'spread'].includes(kernel.name)

/** Bit for bit; every NaN is one. */
function compare(
  who: string,
  { tensors }: Kernel,
  expected: Outputs,
  found: Outputs,
): 'right' | { readonly wrong: string } {
  for (const { name, role } of tensors) {
    if (role !== 'output') continue
    const [wanted, given] = [expected.get(name)?.data, found.get(name)?.data]
    const at = wanted?.findIndex((x, i) => !Object.is(x, given?.[i])) ?? 0
    if (at >= 0) return { wrong: `${who}: ${name}[${at}] is ${given?.[at]}, not ${wanted?.[at]}` }
  }
  return 'right'
}
