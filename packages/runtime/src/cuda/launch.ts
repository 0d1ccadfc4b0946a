import type { LaunchPlan } from '@qernel/codegen'
import type { KernelTime, LaunchOptions } from '../device.ts'
import { ArgumentError, KernelDidNotRunError } from '../errors.ts'
import { kernelTime } from '../statistics.ts'
import { CudaError, type Driver, type Handle, results } from './driver.ts'
import type { CudaExecutable } from './executable.ts'
import type { CudaBuffer } from './memory.ts'

/** One stream for everything, so that copies and launches keep their order. */
const stream = 0

/** Returns the address of memory that the garbage collector does not move. */
export type AddressOf = (bytes: ArrayBuffer) => bigint

/** `Device.launch` on CUDA: runs the dispatches of a plan on buffers. */
export async function launch(
  driver: Driver,
  addressOf: AddressOf,
  executable: CudaExecutable,
  plan: LaunchPlan,
  buffers: ReadonlyMap<string, CudaBuffer>,
  { warmup = 0, repeats = 1, timed = false }: LaunchOptions = {},
): Promise<KernelTime | undefined> {
  if (plan.dispatches.length === 0) return undefined
  const dispatchAll = dispatcher(driver, addressOf, executable, plan, buffers)
  for (let time = 0; time < warmup; time++) dispatchAll()
  if (!timed) {
    for (let time = 0; time < repeats; time++) dispatchAll()
    const end = recordEvent(driver)
    try {
      await reached(driver, end)
    } finally {
      driver.functions.cuEventDestroy_v2(end)
    }
    return undefined
  }
  return timeByEvents(driver, `launch of ${executable.compiled.kernel}`, repeats, dispatchAll)
}

/** Lays out the arguments of every dispatch once. @returns a function that makes one launch */
function dispatcher(
  { functions, check }: Driver,
  addressOf: AddressOf,
  { compiled, entries }: CudaExecutable,
  plan: LaunchPlan,
  buffers: ReadonlyMap<string, CudaBuffer>,
): () => void {
  const dispatches = plan.dispatches.map(({ entry, grid, uniform, launch: { workgroup } }) => {
    const found = entries.get(entry)
    if (found === undefined) throw new ArgumentError(`${compiled.kernel} has no entry point ${entry}`)
    const pointers = found.arrays.map(({ name }) => {
      const buffer = buffers.get(name)
      if (buffer === undefined) throw new ArgumentError(`${compiled.kernel} needs a buffer for array ${name}`)
      return buffer.pointer
    })
    // A size has 32 bits, in the low half of its 8 bytes.
    const values = new BigUint64Array(pointers.length + compiled.sizes.length)
    pointers.forEach((pointer, position) => {
      values[position] = BigInt(pointer)
    })
    compiled.sizes.forEach((_, position) => {
      values[pointers.length + position] = BigInt(uniform[position] as number)
    })
    const base = addressOf(values.buffer)
    const parameters = values.map((_, position) => base + BigInt(8 * position))
    return { handle: found.handle, grid, workgroup, parameters, values }
  })
  return () => {
    for (const { handle, grid, workgroup, parameters } of dispatches) {
      check(functions.cuLaunchKernel(handle, ...grid, ...workgroup, 0, stream, parameters, null))
    }
  }
}

/**
 * Times each launch between two events.
 * @throws KernelDidNotRunError if the clock did not advance
 */
async function timeByEvents(
  driver: Driver,
  what: string,
  repeats: number,
  dispatchAll: () => void,
): Promise<KernelTime> {
  const events: Handle[] = []
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      events.push(recordEvent(driver))
      dispatchAll()
      events.push(recordEvent(driver))
    }
    await reached(driver, events.at(-1) as Handle)
    const samples = Array.from({ length: repeats }, (_, repeat) =>
      elapsedMs(driver, events[2 * repeat] as Handle, events[2 * repeat + 1] as Handle),
    )
    if (samples.some(ms => !(ms > 0))) {
      throw new KernelDidNotRunError(`The GPU clock did not advance over the ${what}`)
    }
    return kernelTime(samples, 'gpu timestamps')
  } finally {
    for (const event of events) driver.functions.cuEventDestroy_v2(event)
  }
}

export function recordEvent({ functions, get, check }: Driver): Handle {
  const event = get<Handle>(out => functions.cuEventCreate(out, 0))
  check(functions.cuEventRecord(event, stream))
  return event
}

export function elapsedMs({ functions, get }: Driver, start: Handle, end: Handle): number {
  return get<number>(out => functions.cuEventElapsedTime(out, start, end))
}

/** Waits for an event without blocking other work of the process. */
export async function reached({ functions, describe }: Driver, event: Handle): Promise<void> {
  for (;;) {
    const result = functions.cuEventQuery(event)
    if (result === results.success) return
    if (result !== results.notReady) throw new CudaError(result, describe(result))
    await new Promise(resolve => setImmediate(resolve))
  }
}
