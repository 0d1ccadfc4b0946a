/** What limits a lowered kernel besides the bytes that it moves: how many threads run at a time, and the instructions of each. */
import { affine } from '@qernel/dsl'
import type { DeviceFunction } from '../program/device-program.ts'
import type { LoweredKernel } from '../program/lowered-kernel.ts'
import { type InstructionCounts, instructionKinds, instructionsOf, instructionWeights } from './instructions.ts'
import { type Occupancy, occupancyOf } from './multiprocessor.ts'
import { registersOf } from './registers.ts'

/** The estimated cost of one dispatch. */
export interface DispatchCost {
  readonly entry: string
  /** Threads of the whole launch. */
  readonly threads: number
  /** Estimated registers of a thread. */
  readonly registers: number
  readonly occupancy: Occupancy
  /** Of one thread. */
  readonly instructions: InstructionCounts
  /** Of all threads, each weighted: as long as so many additions of f32. */
  readonly additions: number
}

/** @param sizes a value for each size of the kernel */
export function programCost(
  { program, launches }: Pick<LoweredKernel, 'program' | 'launches'>,
  sizes: ReadonlyMap<string, number>,
): readonly DispatchCost[] {
  return launches.map(({ entry, grid, workgroup, sharedBytes }) => {
    const body = program.functions.find(each => each.entry === entry) as DeviceFunction
    const perGroup = workgroup.reduce((a, b) => a * b)
    const threads = grid.reduce<number>((product, extent) => product * affine.extentValue(extent, sizes), perGroup)
    const registers = registersOf(body)
    const instructions = instructionsOf(body, sizes)
    const weighted = instructionKinds.reduce((sum, kind) => sum + instructions[kind] * instructionWeights[kind], 0)
    return {
      ...{ entry, threads, registers, instructions },
      occupancy: occupancyOf(perGroup, registers, sharedBytes),
      additions: weighted * threads,
    }
  })
}
