/**
 * The passes between lowering and printing. A back end lists them as data and `finish` runs them. Only `finish` makes a `FinishedKernel`, and
 * both the printers and the simulator take nothing else, so the simulated program is always the printed one.
 */

import type { Target, TargetName } from '../compile/target.ts'
import type { DeviceProgram } from '../program/device-program.ts'
import type { LoweredKernel } from '../program/lowered-kernel.ts'
import { verifyFinished } from '../verify/verify-finished.ts'
import { verifyProgram } from '../verify/verify-program.ts'

/** A step from one device program to another with the same meaning. */
export interface Pass {
  /** Unique in its pipeline, in kebab case; `explain --after` takes this name. */
  readonly name: string
  /** A short phrase that says what the pass does. */
  readonly summary: string
  /** Whether programs for a target need the pass. By default all do. */
  readonly appliesTo?: (target: Target) => boolean
  readonly run: (program: DeviceProgram) => DeviceProgram
}

/** The part of a back end that prepares programs for printing. */
export interface Pipeline<Name extends TargetName = TargetName> {
  readonly name: Name
  readonly portableTarget: Target
  /** In the order in which they run. */
  readonly passes: readonly Pass[]
  /** Whether its language can access an array with another element type than the declared one, as C++ can by casting pointers. */
  readonly castsPointers: boolean
}

export interface FinishOptions {
  /** Whether the program is verified before the first pass, after each and at the end. Default false. */
  readonly verify?: boolean
  /** Called after each pass with the program before and after it. */
  readonly observe?: (pass: Pass, before: DeviceProgram, after: DeviceProgram) => void
}

/** Private to this file, so that only `finish` can make one. Its private field keeps a copy with another program from having the same type. */
class Finished<Name extends TargetName> implements LoweredKernel {
  readonly program: DeviceProgram
  readonly arrays: LoweredKernel['arrays']
  readonly sizes: LoweredKernel['sizes']
  readonly requires: LoweredKernel['requires']
  readonly launches: LoweredKernel['launches']
  readonly #target: Name

  constructor({ arrays, sizes, requires, launches }: LoweredKernel, program: DeviceProgram, target: Name) {
    this.program = program
    this.arrays = arrays
    this.sizes = sizes
    this.requires = requires
    this.launches = launches
    this.#target = target
  }

  /** The language in which it will be printed. */
  get target(): Name {
    return this.#target
  }
}

/** A kernel whose program has been through all passes of a back end. */
export type FinishedKernel<Name extends TargetName = TargetName> = Finished<Name>

/** The passes that programs for a target go through. */
export const passesFor = ({ passes }: Pick<Pipeline, 'passes'>, target: Target): readonly Pass[] =>
  passes.filter(({ appliesTo }) => appliesTo === undefined || appliesTo(target))

/**
 * Runs all passes of a back end.
 *
 * @throws InvalidProgramError if `verify` is set and a program is invalid: a bug of lowering or of the pass that it names
 */
export function finish<Name extends TargetName>(
  pipeline: Pipeline<Name>,
  lowered: LoweredKernel,
  target: Target,
  { verify = false, observe }: FinishOptions = {},
): FinishedKernel<Name> {
  let program = lowered.program
  if (verify) verifyProgram(program, pipeline, 'lowering')
  for (const pass of passesFor(pipeline, target)) {
    const before = program
    program = pass.run(before)
    if (verify) verifyProgram(program, pipeline, pass.name)
    observe?.(pass, before, program)
  }
  if (verify) verifyFinished(program, target)
  return new Finished(lowered, program, pipeline.name)
}
