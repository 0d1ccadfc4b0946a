/** Whether a kernel is wrong at all: it differs from the definition on some input of a wide set, which validation knows nothing of. */
import { disagreementText, expectedResults, freedomOf, judge, reordersSums } from '@qernel/acceptance'
import { affine, type Kernel, type StorageType, type Tensor } from '@qernel/dsl'
import {
  codecOf,
  elementCount,
  leastCommonMultiple,
  logicalValues,
  randomNumbers,
  roundUpTo,
} from '@qernel/dsl/internal'
import { type Device, DeviceLostError, type Executable, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { randomInputs, valueClasses } from '@qernel/testing'
import type { Sizes } from './evaluated.ts'
import type { TestSubject } from './subjects.ts'

/** Rows: fewer than any tile, multiples of tiles, one more and one less. */
const rowCounts = [1, 2, 3, 5, 8, 16, 31, 33, 48, 49, 64, 97]

type Fill = (random: () => number, type: StorageType) => number

const anyBits: Fill = (random, { bits }) => Math.floor(random() * 2 ** bits) >>> 0

/** Floats by their bits: any of them, or those where rounding to a narrower type changes. */
const fills: readonly Fill[] = [
  (random, type) => codecOf(type).decode(anyBits(random, type)),
  (random, type) => {
    if (type.kind !== 'float' || type.bits < 32) return codecOf(type).decode(anyBits(random, type))
    // The lower bits of a 32-bit float are exactly half of the last place of a 16-bit one, or next to it.
    const kept = [13, 16][Math.floor(random() * 2)] as number
    const upper = Math.floor(random() * 2 ** (32 - kept)) * 2 ** kept
    const exponent = (110 + Math.floor(random() * 34)) * 2 ** 23
    const word = ((upper & 0x807fffff) >>> 0) + exponent + 2 ** (kept - 1) + Math.floor(random() * 3) - 1
    return codecOf(type).decode(word >>> 0)
  },
]

interface Launch {
  readonly rows: number
  readonly inputs: ReadonlyMap<string, Tensor>
}

/** Inputs by rows, made once for each kernel. */
const launches = new Map<string, readonly Launch[]>()
const expected = new Map<Launch, ReadonlyMap<string, Tensor>>()

function launchesOf(kernel: Kernel, sizes: Sizes, rows: number): readonly Launch[] {
  const key = `${kernel.name} ${rows} ${[...sizes].join()}`
  const known = launches.get(key)
  if (known !== undefined) return known
  const all = new Map([...sizes, ['T', rows]])
  const ofClasses = valueClasses.map((values, seed) => ({
    rows,
    inputs: randomInputs(kernel, all, values, 1000 + 31 * rows + seed),
  }))
  const ofBits = fills.map((fill, seed) => ({ rows, inputs: filled(kernel, all, fill, 2000 + 31 * rows + seed) }))
  const made = [...ofClasses, ...ofBits]
  launches.set(key, made)
  return made
}

function filled(kernel: Kernel, sizes: Sizes, fill: Fill, seed: number): Map<string, Tensor> {
  const random = randomNumbers(seed)
  return new Map(
    kernel.tensors
      .filter(({ role }) => role === 'input')
      .map(({ name, type, dims }): [string, Tensor] => {
        const shape = dims.map(dim => affine.extentValue(dim, sizes))
        const data = logicalValues(type, elementCount(shape))
        for (let i = 0; i < data.length; i++) data[i] = fill(random, type)
        return [name, { type, shape, data }]
      }),
  )
}

/** What is wrong with a kernel, a sentence; undefined if it is right on all inputs. */
export async function difference(
  device: Device,
  executable: Executable,
  { kernel }: TestSubject,
  sizes: Sizes,
  id: string,
): Promise<string | undefined> {
  const { requires } = executable.compiled
  const multiple = requires.reduce((all, { multipleOf = 1 }) => leastCommonMultiple(all, multipleOf), 1)
  const steps = parseSteps(id)
  const fixed = new Map([...sizes].filter(([name]) => name !== 'T'))
  const reorders = reordersSums(kernel, steps)
  for (const rows of new Set(rowCounts.map(count => roundUpTo(count, multiple))))
    for (const launch of launchesOf(kernel, sizes, rows)) {
      const run = { kernel, inputs: launch.inputs, sizes: new Map([['T', rows]]), ...(reorders && { steps, fixed }) }
      const right = (reorders ? undefined : expected.get(launch)) ?? expectedResults(run)
      if (!reorders) expected.set(launch, right)
      try {
        const { outputs } = await runKernel(device, executable, { inputs: launch.inputs, sizes: { T: rows } })
        const [first] = judge(run, outputs, freedomOf(device), right).disagreements
        if (first !== undefined) return `${disagreementText(first)} (${rows} rows)`
      } catch (error) {
        if (error instanceof DeviceLostError) throw error
        return (error as Error).message
      }
    }
  return undefined
}
