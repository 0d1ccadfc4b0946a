/** The arrays that all schedules of one subject share: inputs, results, and expected results. */

import { createHash } from 'node:crypto'
import type { LaunchPlan, PlannedArray } from '@qernel/codegen'
import { elementCount, roundUpTo } from '@qernel/dsl/internal'
import type { Device, DeviceBuffer } from '@qernel/runtime'
import { checkRedZone, poisons, redZoneBytes } from '@qernel/runtime'
import { allocate, type Buffers, free, type LoadedKernel } from '../load-kernel.ts'
import type { Verification } from '../results.ts'
import type { BenchSettings, Subject } from '../subject.ts'
import type { Runner } from '../timing/interleave.ts'
import { Comparison } from './compare.ts'
import { fillInput } from './data.ts'
import type { RowCheck } from './row-check.ts'

/** The contents of results before a launch. */
const [poison] = poisons

/** The most copies of small arrays. */
const mostCopies = 64

/** Bytes that are downloaded at a time. */
const pieceBytes = 2 ** 26

/** A schedule that is launched and timed, and verified after its last turn. */
export interface VerifiedRunner extends Runner {
  /** Undefined before the last turn. */
  verification(): Verification | undefined
  /** Frees what belongs to this schedule alone. */
  free(): void
}

const isOutput = ({ parameter }: PlannedArray): boolean => parameter.role === 'output'
/** Results are followed by memory that nobody may write. */
const withRedZone = (array: PlannedArray): PlannedArray =>
  isOutput(array) ? { ...array, byteLength: array.byteLength + redZoneBytes } : array
const isTemporary = ({ parameter }: PlannedArray): boolean => parameter.role === 'temporary'

export class Memory {
  /** The inputs, and the results of the reference. */
  readonly expected: Buffers
  readonly #device: Device
  /** The inputs, and the results that schedules write; several copies if they are small. */
  readonly #copies: readonly Buffers[]
  readonly #comparisons = new Map<string, Comparison>()

  /** Untimed launches before each timed one, if the copies are used in turn. */
  readonly #busyLaunches: number

  private constructor(device: Device, copies: readonly Buffers[], expected: Buffers, busyLaunches: number) {
    this.#device = device
    this.#busyLaunches = busyLaunches
    this.#copies = copies
    this.expected = expected
  }

  static async of(
    device: Device,
    subject: Subject,
    plan: LaunchPlan,
    { rotateBytes, warmup }: BenchSettings,
  ): Promise<Memory> {
    const own = plan.arrays.filter(array => !isTemporary(array))
    const bytes = own.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const count = Math.max(1, Math.min(mostCopies, Math.ceil(rotateBytes / Math.max(1, bytes))))
    const made: Buffers[] = []
    try {
      for (let copy = 0; copy < count; copy++) {
        const buffers = await allocate(device, own.map(withRedZone))
        made.push(buffers)
        await fillInputs(device, subject, own, buffers)
      }
      const results = await allocate(device, own.filter(isOutput))
      return new Memory(device, made, new Map([...(made[0] as Buffers), ...results]), warmup > 0 ? 10 : 0)
    } catch (error) {
      for (const buffers of made) free(device, buffers)
      throw error
    }
  }

  /** Runs the reference into `expected`. */
  async runReference({ executable, plan }: LoadedKernel): Promise<void> {
    for (const array of plan.arrays.filter(isOutput)) {
      await this.#device.fill(this.expected.get(array.parameter.name) as DeviceBuffer, poison)
    }
    const temporaries = await allocate(this.#device, plan.arrays.filter(isTemporary))
    try {
      await this.#device.launch(executable, plan, new Map([...this.expected, ...temporaries]))
    } finally {
      free(this.#device, temporaries)
    }
  }

  /** SHA-256 of the bytes of every reference result, including the padding of the device layout. Devices that agree have the same digest. */
  async digest({ arrays }: LaunchPlan): Promise<string> {
    const hash = createHash('sha256')
    for (const { parameter, byteLength } of arrays.filter(isOutput)) {
      const buffer = this.expected.get(parameter.name) as DeviceBuffer
      for (let from = 0; from < byteLength; from += pieceBytes) {
        hash.update(await this.#device.download(buffer, from, Math.min(pieceBytes, byteLength - from)))
      }
    }
    return hash.digest('hex')
  }

  /**
   * A schedule on this memory. Its last launches write over poison, and their results are compared.
   * @param checkRows called if words differ from those of the reference and are allowed to
   */
  verifiedRunner(
    name: string,
    { executable, plan }: LoadedKernel,
    reference: LaunchPlan,
    checkRows?: (buffers: Buffers) => Promise<readonly RowCheck[]>,
  ): VerifiedRunner {
    let temporaries: Buffers | undefined
    let verification: Verification | undefined
    let next = 0
    const run = async (repeats: number): Promise<readonly number[]> => {
      if (temporaries === undefined) {
        temporaries = await allocate(this.#device, plan.arrays.filter(isTemporary))
      }
      const buffers = this.#copies.map(copy => new Map([...copy, ...(temporaries as Buffers)]))
      if (buffers.length === 1) return this.#samples({ executable, plan }, buffers[0] as Buffers, repeats, 1)
      const samples: number[] = []
      for (let i = 0; i < repeats; i++) {
        const copy = buffers[next++ % buffers.length] as Buffers
        const other = buffers[next % buffers.length] as Buffers
        // A GPU that runs only single short launches lowers its clock, so it works on other memory until the timed launch.
        if (this.#busyLaunches > 0) await this.#device.launch(executable, plan, other, { repeats: this.#busyLaunches })
        samples.push(...(await this.#samples({ executable, plan }, copy, 1, 0)))
      }
      return samples
    }
    const beforeLast = async () => {
      next = 0
      for (const copy of this.#copies) await this.#poison(copy, reference)
    }
    const afterLast = async () => {
      const found = this.#copies[0] as Buffers
      for (const copy of this.#copies) await this.#checkRedZones(copy, reference)
      verification = await this.#verify(found, reference)
      if (verification.different > 0 && checkRows !== undefined)
        verification = { ...verification, rows: await checkRows(found) }
    }
    const freeOwn = () => {
      if (temporaries !== undefined) free(this.#device, temporaries)
      temporaries = undefined
    }
    return { name, run, beforeLast, afterLast, verification: () => verification, free: freeOwn }
  }

  free(): void {
    const [first, ...others] = this.#copies
    for (const [name, buffer] of this.expected) if (first?.get(name) !== buffer) this.#device.free(buffer)
    for (const buffers of [first as Buffers, ...others]) free(this.#device, buffers)
    for (const comparison of this.#comparisons.values()) comparison.free()
  }

  async #samples({ executable, plan }: LoadedKernel, buffers: Buffers, repeats: number, warmup: number) {
    const time = await this.#device.launch(executable, plan, buffers, { warmup, repeats, timed: true })
    return time?.samples ?? []
  }

  async #poison(buffers: Buffers, { arrays }: LaunchPlan): Promise<void> {
    for (const { parameter } of arrays.filter(isOutput)) {
      await this.#device.fill(buffers.get(parameter.name) as DeviceBuffer, poison)
    }
  }

  /** @throws OutOfBoundsWriteError */
  async #checkRedZones(buffers: Buffers, { arrays }: LaunchPlan): Promise<void> {
    for (const array of arrays.filter(isOutput)) {
      const buffer = buffers.get(array.parameter.name) as DeviceBuffer
      const zone = await this.#device.download(buffer, roundUpTo(array.byteLength, 4), redZoneBytes)
      checkRedZone(zone, array, poison)
    }
  }

  async #verify(found: Buffers, { arrays }: LaunchPlan): Promise<Verification> {
    let words = 0
    let different = 0
    for (const array of arrays.filter(each => isOutput(each) && each.byteLength > 0)) {
      const { name } = array.parameter
      const comparison = this.#comparisons.get(name) ?? (await Comparison.of(this.#device, array))
      this.#comparisons.set(name, comparison)
      const [a, b] = [found.get(name) as DeviceBuffer, this.expected.get(name) as DeviceBuffer]
      const agreement = await comparison.compare(a, b)
      words += agreement.words
      different += agreement.different
    }
    return { words, different }
  }
}

async function fillInputs(device: Device, { wide }: Subject, arrays: readonly PlannedArray[], buffers: Buffers) {
  const inputs = arrays.filter(({ parameter }) => parameter.role === 'input')
  const most = Math.max(...arrays.map(({ shape }) => elementCount(shape)))
  for (const [stream, array] of inputs.entries()) {
    const { name, type } = array.parameter
    // 8-bit floats are codes: there is one per element.
    const isPerElement = name === wide || elementCount(array.shape) === most
    const holds = type.kind === 'float' && !isPerElement ? 'scales' : 'data'
    await fillInput(device, array, buffers.get(name) as DeviceBuffer, holds, stream + 1)
  }
}
