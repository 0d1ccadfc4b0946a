/** Comparison of arrays where they are: only rows that differ come back. */
import type { PlannedArray } from '@qernel/codegen'
import type { Device, DeviceBuffer } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { compareKernel } from './fill-kernel.ts'
import { load } from './loaded.ts'

/** How two arrays agree, in 32-bit words. */
export interface Agreement {
  readonly words: number
  readonly different: number
  /** The first row (of the first axis) with a difference. */
  readonly firstRow?: number
}

/** Rows that are looked at in detail where they differ; others count as one word each. */
const detailed = 64

/** Compares two arrays of one plan, word by word, on the device. */
export async function compareArrays(
  device: Device,
  array: PlannedArray,
  a: DeviceBuffer,
  b: DeviceBuffer,
): Promise<Agreement> {
  const words = Math.ceil(array.byteLength / 4)
  if (words === 0) return { words: 0, different: 0 }
  const [first = 1] = array.shape
  const rows = words % first === 0 ? first : words
  const width = words / rows
  const steps = parseSteps(
    width >= 32 ? 'tile(r=8) splitReduction(w=32,combine=shared) bind(r_in=block.y,w_in=block.x)' : 'tile(r=64)',
  )
  const sizes = new Map([
    ['R', rows],
    ['W', width],
  ])
  const { executable, plan } = await load(device, compareKernel(), steps, sizes, 'R')
  const differs = await device.allocate(rows * 4)
  try {
    // A comparison that did not run finds differences everywhere.
    await device.fill(differs, 0xffffffff)
    await device.launch(executable, plan, new Map(Object.entries({ a, b, differs })))
    const bytes = await device.download(differs, 0, rows * 4)
    const flags = new Uint32Array(bytes.buffer, bytes.byteOffset, rows)
    let different = 0
    let looked = 0
    let firstRow: number | undefined
    for (let row = 0; row < rows; row++) {
      if (flags[row] === 0) continue
      firstRow ??= row
      different += looked++ < detailed ? await countDifferent(device, a, b, row * width * 4, width * 4) : 1
    }
    return { words, different, ...(firstRow === undefined ? {} : { firstRow }) }
  } finally {
    device.free(differs)
  }
}

async function countDifferent(device: Device, a: DeviceBuffer, b: DeviceBuffer, offset: number, byteLength: number) {
  const [one, two] = [await device.download(a, offset, byteLength), await device.download(b, offset, byteLength)]
  const [left, right] = [new Uint32Array(one.buffer), new Uint32Array(two.buffer)]
  return Math.max(
    1,
    left.reduce((count, word, i) => (word === right[i] ? count : count + 1), 0),
  )
}
