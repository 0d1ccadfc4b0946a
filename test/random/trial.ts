/** One random case: a kernel, a schedule, sizes and inputs. Written as a line of text that replays it. */
import { type CompiledKernel, LaunchError, LoweringError, type Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { interpretKernel, type Kernel } from '@qernel/dsl'
import { type Device, runKernel } from '@qernel/runtime'
import { parseSteps, printSteps, ScheduleRefusal, type Step } from '@qernel/schedule'
import { disagreements } from '@qernel/testing'
import fc from 'fast-check'
import { kernelGroups, kernelsById } from './kernels.ts'
import { randomInputs } from './random-inputs.ts'
import { composeSteps, draws } from './random-steps.ts'

export interface Trial {
  readonly kernel: string
  readonly steps: readonly Step[]
  readonly sizes: ReadonlyMap<string, number>
  /** Names of the sizes that are fixed when compiling. */
  readonly fixed: ReadonlySet<string>
  /** Of the inputs. */
  readonly seed: number
}

export type Outcome = 'right' | 'refused' | { readonly wrong: string }

/** The line that `parseTrial` reads: `dot | tile(t=4) | T=3 D=5! | 17`; an exclamation mark fixes a size. */
export function printTrial({ kernel, steps, sizes, fixed, seed }: Trial): string {
  const values = [...sizes].map(([name, value]) => `${name}=${value}${fixed.has(name) ? '!' : ''}`)
  return [kernel, printSteps(steps), values.join(' '), seed].join(' | ')
}

export function parseTrial(line: string): Trial {
  const [kernel, steps, values, seed] = line.split('|').map(part => part.trim()) as [string, string, string, string]
  const sizes = values.split(' ').map(each => /^(\w+)=(\d+)(!?)$/.exec(each) as RegExpExecArray)
  return {
    kernel,
    steps: parseSteps(steps),
    sizes: new Map(sizes.map(([, name, value]) => [name as string, Number(value)])),
    fixed: new Set(sizes.filter(([, , , mark]) => mark === '!').map(([, name]) => name as string)),
    seed: Number(seed),
  }
}

const sizeValues = fc.oneof(fc.nat(20), fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33))

/** Trials whose schedules are made of steps that apply. */
export const trials: fc.Arbitrary<Trial> = fc
  .record({
    group: fc.nat(kernelGroups.length - 1),
    kernel: fc.nat(999),
    list: draws,
    values: fc.array(sizeValues, { minLength: 3, maxLength: 3 }),
    fixes: fc.constantFrom(0, 0, 1, 2, 3, 7),
    seed: fc.nat(1e6),
  })
  .map(({ group, kernel: position, list, values, fixes, seed }): Trial => {
    const entries = kernelGroups[group] as (typeof kernelGroups)[number]
    const [id, kernel] = entries[position % entries.length] as (typeof entries)[number]
    const sizes = new Map(
      kernel.sizes.map(({ name, facts }, i) => [name, roundUp(values[i] as number, facts.multipleOf ?? 1)]),
    )
    const fixed = new Map([...sizes].filter((_, i) => (fixes >> i) & 1))
    return { kernel: id, steps: composeSteps(kernel, fixed, list), sizes, fixed: new Set(fixed.keys()), seed }
  })

/**
 * The program of a trial.
 * @throws ScheduleRefusal, LoweringError where the target does not take it
 */
export function compileTrial(target: Target, trial: Trial): CompiledKernel {
  const fixed = new Map([...trial.sizes].filter(([name]) => trial.fixed.has(name)))
  // Now and then as if the device launched only 3 workgroups along a dimension.
  const folds = trial.seed % 5 === 0
  const options = { target: folds ? withLongestRow(target, 3) : target, fixed, folds }
  return (target.name === 'cuda' ? cuda : wgsl).compile(kernelOf(trial), trial.steps, options)
}

function kernelOf(trial: Trial): Kernel {
  const kernel = kernelsById.get(trial.kernel)
  if (kernel === undefined) throw new Error(`there is no kernel ${trial.kernel} among those of the random schedules`)
  return kernel
}

/**
 * Compiles a trial for the device, runs it and compares with the definition.
 * @param longest programs of more characters are refused: they take software compilers seconds
 */
export async function runTrial(
  device: Device,
  trial: Trial,
  longest: number = Number.POSITIVE_INFINITY,
): Promise<Outcome> {
  const kernel = kernelOf(trial)
  try {
    const { fixed } = trial
    const compiled = compileTrial(device.target, trial)
    if (compiled.source.length > longest) return 'refused'
    // What the schedule assumes of a size is made true.
    const sizes = new Map(trial.sizes)
    for (const { size, multipleOf = 1 } of compiled.requires)
      if (!fixed.has(size)) sizes.set(size, roundUp(sizes.get(size) as number, multipleOf))
    const inputs = randomInputs(kernel, sizes, trial.seed, device.profile.keepsDenormals)
    const launchSizes = Object.fromEntries([...sizes].filter(([name]) => !fixed.has(name)))
    const { outputs } = await runKernel(device, await device.load(compiled), { inputs, sizes: launchSizes })
    const wrong = disagreements(interpretKernel(kernel, inputs, sizes), outputs, device.profile)
    const [first] = wrong
    if (first === undefined) return 'right'
    return { wrong: `${first.at} is ${first.found}, not ${first.expected}; ${wrong.length} elements differ` }
  } catch (error) {
    if (error instanceof ScheduleRefusal || error instanceof LoweringError || error instanceof LaunchError)
      return 'refused'
    return { wrong: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

const withLongestRow = (target: Target, workgroups: number): Target => ({
  ...target,
  limits: { ...target.limits, workgroupsPerDimension: [workgroups, 65535, 65535] },
})

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple
