/** The global memory traffic of the library's own schedules, against the fewest bytes possible: each input once, each output once. */
import { formatKernels } from '@qernel/kernels'
import { describe, expect, test } from 'vitest'
import { bestCost } from '../../scripts/docs/pages/kernels-page.ts'

const all = formatKernels.map(entry => [entry.name, entry] as const)
/** Kernels with scales that depend on all rows: rows are read once for the scales and once for the codes. */
const overRows = /^int8_per_(channel|tensor)$/
/** Partial maxima are combined in memory: small compared with the data, but above the fewest bytes. */
const scales = 'int8_per_channel_scale'
const onePass = all.filter(([name]) => !overRows.test(name) && name !== scales)
const twoReads = all.filter(([name]) => overRows.test(name))

describe('with 128 elements per row, on WGSL', () => {
  test.each(onePass)('%s moves the fewest bytes', (_, entry) => {
    const cost = bestCost(entry, entry.define())
    expect(cost.writtenBytes).toBe(cost.minimumWrittenBytes)
    expect(cost.readBytes).toBe(cost.minimumReadBytes)
  })

  test.each(twoReads)('%s reads its input once more, and the scales that it wrote', (_, entry) => {
    const cost = bestCost(entry, entry.define())
    const x = cost.tensors.find(tensor => tensor.tensor === 'x')
    const made = cost.tensors.filter(tensor => tensor.tensor !== 'x' && tensor.tensor !== 'q')
    expect(x).toMatchObject({ reads: 2, repeatedBytes: 0 })
    // The scales and their partial maxima are small compared with the data.
    const small = made.reduce((sum, tensor) => sum + tensor.readBytes + tensor.writtenBytes, 0)
    expect(cost.readBytes + cost.writtenBytes - small).toBe(2 * cost.elements * 4 + codeBytes(cost))
    expect(small).toBeLessThan(cost.elements / 4)
  })
})

const codeBytes = (cost: ReturnType<typeof bestCost>): number =>
  cost.tensors.find(tensor => tensor.tensor === 'q')?.minimumBytes ?? 0
