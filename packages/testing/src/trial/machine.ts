/** The simulated targets and devices that run the programs of a trial. */
import { exact, type Freedom, freedomOf } from '@qernel/acceptance'
import {
  type CompiledKernel,
  type Pipeline,
  type PreparedKernel,
  renderFinding,
  simulate,
  type Target,
} from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { portableWgsl, wgsl } from '@qernel/codegen-wgsl'
import type { Kernel, Tensor } from '@qernel/dsl'
import { type Device, runKernel } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'
import { inlinedLength } from './compile-cost.ts'

/** The inputs and sizes of one launch. */
interface Job {
  readonly inputs: ReadonlyMap<string, Tensor>
  /** Every size. */
  readonly sizes: ReadonlyMap<string, number>
  readonly seed: number
}

/** Outputs, or what went wrong. */
type Ran = { readonly outputs: ReadonlyMap<string, Tensor> } | { readonly wrong: string }

/** A program ready to run; undefined where it is too long to try. */
export type Launcher = (job: Job) => Ran | Promise<Ran>

export interface Machine {
  /** In messages: "simulated for cuda". */
  readonly name: string
  /** The back end whose passes the programs go through. */
  readonly backEnd: Pipeline
  readonly target: Target
  /** How its results may differ from the interpreter's. */
  readonly freedom: Freedom
  load(program: ProgramOfTrial): Promise<Launcher | undefined> | Launcher
}

export interface ProgramOfTrial {
  readonly kernel: Kernel
  readonly steps: readonly Step[]
  readonly fixed: ReadonlyMap<string, number>
  readonly prepared: PreparedKernel
  /** The seed of the first case. */
  readonly seed: number
}

/** The simulator, running the program that a back end would print. */
export function simulatedMachine(backEnd: Pipeline, target: Target, subgroupSize: number): Machine {
  const lanes = target.subgroup === undefined ? '' : `, subgroups of ${subgroupSize}`
  return {
    name: `simulated for ${target.name}${lanes}`,
    backEnd,
    target,
    freedom: exact,
    load:
      ({ prepared: { finished } }) =>
      ({ inputs, sizes, seed }) => {
        const { outputs, findings } = simulate(finished, inputs, sizes, { seed, subgroupSize })
        return findings.length === 0 ? { outputs } : { wrong: findings.map(renderFinding).join('\n') }
      },
  }
}

/** Every way in which lanes can be combined: through shared memory alone, or also by subgroups of every width. */
export const simulatedMachines: readonly Machine[] = [
  simulatedMachine(wgsl, portableWgsl, 4),
  simulatedMachine(wgsl, { ...portableWgsl, subgroup: { min: 4, max: 32 } }, 16),
  simulatedMachine(wgsl, { ...portableWgsl, subgroup: { min: 8, max: 8 } }, 8),
  simulatedMachine(cuda, cuda.portableTarget, 32),
]

/** The longest program for a software driver where many are tried, in characters (`inlinedLength`): about a second. Longer ones reveal nothing new. */
const longestOfMany = 120_000
/** The same where a person waits for the verdict on one schedule: about 20 seconds. */
export const longestOfOne = 1_500_000
/** Why a device did not run a program. */
export const tooLong =
  'with every function in place of its calls, the source is so long that a software driver takes too long to compile it'

/**
 * A device. Outputs are poisoned before a run, and the memory behind every array is checked afterwards.
 *
 * @param longest the longest program that a software device compiles, as `inlinedLength` measures it
 */
export function deviceMachine(device: Device, longest = longestOfMany): Machine {
  return {
    name: device.name,
    backEnd: device.backEnd,
    target: device.target,
    freedom: freedomOf(device),
    load: async program => {
      const compiled = compileProgram(program, device)
      if (device.isSoftware && inlinedLength(compiled.source) > longest) return undefined
      const executable = await device.load(compiled)
      return async ({ inputs, sizes }) => {
        const launchSizes = compiled.sizes.map(({ name }): [string, number] => [name, sizes.get(name) as number])
        return runKernel(device, executable, { inputs, sizes: Object.fromEntries(launchSizes) })
      }
    },
  }
}

/** The source of a program. One in five is compiled as if the device could launch only 3 workgroups along a dimension. */
export function compileProgram(
  { kernel, steps, fixed, seed }: ProgramOfTrial,
  { backEnd, target }: Pick<Device, 'backEnd' | 'target'>,
): CompiledKernel {
  const folds = seed % 5 === 0
  const limits = { ...target.limits, workgroupsPerDimension: [3, 65535, 65535] as const }
  const options = { target: folds ? { ...target, limits } : target, fixed, folds, fallback: false }
  return backEnd.compile(kernel, steps, options)
}
