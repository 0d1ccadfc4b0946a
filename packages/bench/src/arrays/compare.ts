/** Compares arrays on the device: only rows that differ are downloaded. */
import type { PlannedArray } from '@qernel/codegen'
import type { Device, DeviceBuffer } from '@qernel/runtime'
import { bind, splitReduction, tile } from '@qernel/schedule'
import { type LoadedKernel, load } from '../load-kernel.ts'
import { compareKernel } from './fill-kernel.ts'

/** How well two arrays agree, in 32-bit words. */
export interface Agreement {
  readonly words: number
  readonly different: number
}

/** The most differing rows that are examined in detail; all others count as one word each. */
const detailed = 64

/** Compares pairs of arrays with the same plan, word by word, on the device. It needs one word of memory per row. */
export class Comparison {
  readonly #device: Device
  readonly #rows: number
  readonly #width: number
  readonly #loaded: LoadedKernel
  readonly #differs: DeviceBuffer

  private constructor(device: Device, rows: number, width: number, loaded: LoadedKernel, differs: DeviceBuffer) {
    this.#device = device
    this.#rows = rows
    this.#width = width
    this.#loaded = loaded
    this.#differs = differs
  }

  static async of(device: Device, array: PlannedArray): Promise<Comparison> {
    const words = Math.ceil(array.byteLength / 4)
    const [first = 1] = array.shape
    const rows = first > 0 && words % first === 0 ? first : words
    const width = rows === 0 ? 0 : words / rows
    const steps =
      width >= 32
        ? [tile({ r: 8 }), splitReduction({ w: 32, combine: 'shared' }), bind({ r_in: 'block.y', w_in: 'block.x' })]
        : [tile({ r: 64 })]
    const sizes = new Map([
      ['R', rows],
      ['W', width],
    ])
    const loaded = await load(device, compareKernel(), steps, sizes, 'R')
    return new Comparison(device, rows, width, loaded, await device.allocate(rows * 4))
  }

  async compare(a: DeviceBuffer, b: DeviceBuffer): Promise<Agreement> {
    const [rows, width, differs] = [this.#rows, this.#width, this.#differs]
    if (rows * width === 0) return { words: 0, different: 0 }
    // Filled in advance, so that a comparison that does not run finds differences everywhere.
    await this.#device.fill(differs, 0xffffffff)
    const { executable, plan } = this.#loaded
    await this.#device.launch(executable, plan, new Map(Object.entries({ a, b, differs })))
    const bytes = await this.#device.download(differs, 0, rows * 4)
    const flags = new Uint32Array(bytes.buffer, bytes.byteOffset, rows)
    let different = 0
    let looked = 0
    for (let row = 0; row < rows; row++) {
      if (flags[row] === 0) continue
      different += looked++ < detailed ? await this.#countDifferent(a, b, row * width * 4) : 1
    }
    return { words: rows * width, different }
  }

  free(): void {
    this.#device.free(this.#differs)
    this.#device.unload(this.#loaded.executable)
  }

  async #countDifferent(a: DeviceBuffer, b: DeviceBuffer, offset: number): Promise<number> {
    const row = async (buffer: DeviceBuffer) =>
      new Uint32Array((await this.#device.download(buffer, offset, this.#width * 4)).buffer)
    const [left, right] = [await row(a), await row(b)]
    return Math.max(
      1,
      left.reduce((count, word, i) => (word === right[i] ? count : count + 1), 0),
    )
  }
}
