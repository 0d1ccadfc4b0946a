import type { LaunchPlan, PlannedArray, Sizes } from '@qernel/codegen'
import { packTensor, type Tensor, unpackTensor } from '@qernel/dsl'
import { roundUpTo } from '@qernel/dsl/internal'
import type { Device, DeviceBuffer, Executable, KernelTime, LaunchOptions } from './device.ts'
import { ArgumentError, KernelDidNotRunError, UnwrittenOutputError } from './errors.ts'
import { checkRedZone, holdsPoison, poisons, redZoneBytes, unwritten } from './poison.ts'

/** The inputs and sizes of one run. */
export interface RunArguments {
  /** Input arrays by the kernel's names. */
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly sizes: Sizes
}

/** The result of a run: the outputs, and the time if it was requested. */
export interface RunResult {
  /** Output arrays by the kernel's names. */
  readonly outputs: ReadonlyMap<string, Tensor>
  /** Present if it was requested and something was dispatched. */
  readonly time?: KernelTime
}

/**
 * Runs a kernel on host arrays and checks its writes. Outputs and temporaries are poisoned before the run; afterwards every word of every
 * output must have been written, and nothing after an array. The outputs are those of the last launch, so a returned time belongs to work
 * that was done.
 *
 * @throws LaunchError if the sizes are rejected; ArgumentError if an input does not fit; OutOfBoundsWriteError, UnwrittenOutputError or
 *   KernelDidNotRunError if the kernel misbehaved.
 */
export async function runKernel(
  device: Device,
  executable: Executable,
  { inputs, sizes }: RunArguments,
  options: LaunchOptions = {},
): Promise<RunResult> {
  const plan = device.plan(executable, sizes)
  const packed = packInputs(plan, inputs)
  const buffers = new Map<string, DeviceBuffer>()
  try {
    for (const { parameter, byteLength, partBytes } of plan.arrays) {
      buffers.set(parameter.name, await device.allocate(byteLength + redZoneBytes, partBytes))
    }
    for (const [name, bytes] of packed) await device.upload(bufferOf(buffers, name), bytes)

    const { outputs, time } = await runPoisoned(device, executable, plan, buffers, poisons[0], options)
    const suspects = outputArrays(plan).filter(array =>
      holdsPoison(outputs.get(array.parameter.name) as Uint8Array, array, poisons[0]),
    )
    if (suspects.length > 0) {
      const again = await runPoisoned(device, executable, plan, buffers, poisons[1], {})
      refuseUnwritten(executable, suspects, outputs, again.outputs)
    }
    const tensors = outputArrays(plan).map(({ parameter: { name, type, rowAlignment }, shape }) => {
      return [name, unpackTensor(outputs.get(name) as Uint8Array, type, shape, rowAlignment)] as const
    })
    return { outputs: new Map(tensors), ...(time === undefined ? {} : { time }) }
  } finally {
    for (const buffer of buffers.values()) device.free(buffer)
  }
}

async function runPoisoned(
  device: Device,
  executable: Executable,
  plan: LaunchPlan,
  buffers: ReadonlyMap<string, DeviceBuffer>,
  poison: number,
  options: LaunchOptions,
): Promise<{ outputs: Map<string, Uint8Array>; time: KernelTime | undefined }> {
  const redZone = new Uint8Array(new Uint32Array(redZoneBytes / 4).fill(poison).buffer)
  for (const { parameter, byteLength } of plan.arrays) {
    const buffer = bufferOf(buffers, parameter.name)
    if (parameter.role === 'input') await device.upload(buffer, redZone, wordAligned(byteLength))
    else await device.fill(buffer, poison)
  }
  const time = await device.launch(executable, plan, buffers, options)
  const outputs = new Map<string, Uint8Array>()
  for (const array of plan.arrays) {
    const { name, role, access } = array.parameter
    if (access === 'read') continue
    const buffer = bufferOf(buffers, name)
    checkRedZone(await device.download(buffer, wordAligned(array.byteLength), redZoneBytes), array, poison)
    if (role === 'output') outputs.set(name, await device.download(buffer, 0, array.byteLength))
  }
  return { outputs, time }
}

function refuseUnwritten(
  { compiled }: Executable,
  suspects: readonly PlannedArray[],
  first: ReadonlyMap<string, Uint8Array>,
  second: ReadonlyMap<string, Uint8Array>,
): void {
  for (const array of suspects) {
    const { name } = array.parameter
    const missing = unwritten([first.get(name) as Uint8Array, second.get(name) as Uint8Array], array)
    if (missing === undefined) continue
    if (missing.words === missing.of) {
      throw new KernelDidNotRunError(`${compiled.kernel} did not run: nothing was written to ${name}`)
    }
    const { words, of, first: where } = missing
    throw new UnwrittenOutputError(
      name,
      `${compiled.kernel} left ${words} of the ${of} words of ${name} unwritten, the first at ${where}`,
    )
  }
}

/** The bytes of every input in device layout, by name. */
function packInputs(plan: LaunchPlan, inputs: ReadonlyMap<string, Tensor>): Map<string, Uint8Array> {
  const wanted = plan.arrays.filter(({ parameter }) => parameter.role === 'input')
  const names = wanted.map(({ parameter }) => parameter.name)
  for (const name of inputs.keys()) {
    if (!names.includes(name)) throw new ArgumentError(`There is no input ${name}; the inputs are ${names.join(', ')}`)
  }
  return new Map(
    wanted.map(({ parameter: { name, type, rowAlignment, sizeAlignment }, shape }) => {
      const tensor = inputs.get(name)
      if (tensor === undefined) throw new ArgumentError(`Input ${name} is missing`)
      const given = `${tensor.type.name} [${tensor.shape.join(', ')}]`
      const expected = `${type.name} [${shape.join(', ')}]`
      if (given !== expected) throw new ArgumentError(`Input ${name} is ${given}; these sizes need ${expected}`)
      return [name, packTensor(tensor, rowAlignment, sizeAlignment)]
    }),
  )
}

function outputArrays(plan: LaunchPlan): PlannedArray[] {
  return plan.arrays.filter(({ parameter }) => parameter.role === 'output')
}

function bufferOf(buffers: ReadonlyMap<string, DeviceBuffer>, name: string): DeviceBuffer {
  const buffer = buffers.get(name)
  if (buffer === undefined) throw new ArgumentError(`There is no array ${name}`)
  return buffer
}

/** A red zone starts at the first whole word after its array. */
function wordAligned(byteLength: number): number {
  return roundUpTo(byteLength, 4)
}
