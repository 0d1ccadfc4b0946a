import { NoDeviceError } from '../errors.ts'
import type { Driver } from './driver.ts'

/** One GPU in the driver's list. `CUDA_VISIBLE_DEVICES` determines which GPUs are listed, and their order. */
export interface Gpu {
  readonly ordinal: number
  /** `CUdevice`. */
  readonly device: number
  readonly name: string
}

export function listGpus({ functions, get, check }: Driver): Gpu[] {
  const count = get<number>(out => functions.cuDeviceGetCount(out))
  return Array.from({ length: count }, (_, ordinal) => {
    const device = get<number>(out => functions.cuDeviceGet(out, ordinal))
    const bytes = new Uint8Array(256)
    check(functions.cuDeviceGetName(bytes, bytes.length, device))
    return { ordinal, device, name: new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))) }
  })
}

/**
 * @param choice an ordinal, or a part of a name, case-insensitive; the first GPU by default
 * @throws NoDeviceError if no GPU matches; the message lists the existing ones
 */
export function chooseGpu(gpus: readonly Gpu[], choice: string | undefined): { gpu: Gpu; because: string } {
  const [first] = gpus
  if (first === undefined) throw new NoDeviceError('No CUDA device: the driver lists no GPU')
  if (choice === undefined || choice === 'hardware') return { gpu: first, because: 'it is the first CUDA device' }
  const byOrdinal = /^\d+$/.test(choice) ? gpus.find(({ ordinal }) => ordinal === Number(choice)) : undefined
  if (byOrdinal !== undefined) return { gpu: byOrdinal, because: `it is CUDA device ${choice}` }
  const byName = gpus.find(({ name }) => name.toLowerCase().includes(choice.toLowerCase()))
  if (byName !== undefined) return { gpu: byName, because: `its name contains "${choice}"` }
  const found = gpus.map(({ ordinal, name }) => `${ordinal}: ${name}`).join(', ')
  throw new NoDeviceError(`No CUDA device has a name that contains "${choice}": found only ${found}`)
}
