/** Downloads and interprets windows of rows: this checks the formula itself, at any size. */
import { distanceToDefinition, freedomOf, judge } from '@qernel/acceptance'
import type { LaunchPlan, PlannedArray } from '@qernel/codegen'
import type { Kernel, Tensor } from '@qernel/dsl'
import { leastCommonMultiple, roundUpTo } from '@qernel/dsl/internal'
import type { Device, DeviceBuffer } from '@qernel/runtime'
import { applySchedule, type Step } from '@qernel/schedule'
import type { Buffers } from '../load-kernel.ts'
import { download, leads, type RowWindow } from './download.ts'
import type { RowCheck } from './row-check.ts'
import { verifyElements } from './verify-elements.ts'

/** The most elements that are interpreted in full. */
const wholeElements = 2 ** 18

/** Rows of one window, unless a group needs more. */
const windowRows = 8

/**
 * Interprets rows of a kernel on the data of the device: all of them if they are few, otherwise windows at the start,
 * in the middle and at the end, provided that every array has the axis `open` first or is an input without it.
 * @param schedule the schedule that made the results, if it reorders float sums: its order is then expected, not the definition's
 * If a result depends on all rows and there are too many, single elements are computed, each with everything that it depends on: of the first and
 * the last head, if results depend on their own head only (any size that leads in the arrays and is not reduced).
 * @param expected the results of the reference on the device: the elements that differ most from them are checked
 * @returns undefined if not even that is possible
 */
export async function verifyRows(
  device: Device,
  kernel: Kernel,
  plan: LaunchPlan,
  buffers: Buffers,
  open: string,
  schedule: Schedule = { steps: [], fixed: new Map() },
  expected: Buffers = buffers,
): Promise<readonly RowCheck[]> {
  const own = plan.arrays.filter(({ parameter }) => parameter.role !== 'temporary')
  const elements = Math.max(...own.map(({ shape }) => shape.reduce((product, extent) => product * extent, 1)))
  const rows = rowsOf(kernel, own, open)
  if (elements <= wholeElements) {
    return [await checkWindow(device, kernel, own, buffers, { open, from: 0, count: rows, schedule }, everyRow)]
  }
  if (!isRowLocal(kernel, open)) {
    const windows = windowsOfHeads(kernel, own)
    const checks: RowCheck[] = []
    for (const window of windows)
      checks.push(...(await verifyElements(device, { kernel, ...schedule }, own, { found: buffers, expected }, window)))
    return checks
  }
  const unit = kernel.tensors.reduce((all, { dims: [first] }) => {
    return typeof first === 'object' && first.size === open ? Math.max(all, first.dividedBy) : all
  }, 1)
  const facts = kernel.sizes.find(({ name }) => name === open)?.facts.multipleOf ?? 1
  const { assumptions } = applySchedule(kernel, schedule.steps, { fixed: schedule.fixed }).nest
  const relied = assumptions.filter(({ size }) => size === open).map(({ multipleOf }) => multipleOf)
  const multiple = relied.reduce(leastCommonMultiple, Math.max(unit, facts))
  const count = roundUpTo(windowRows, multiple)
  const last = Math.floor((rows - 1) / count) * count
  const middle = Math.floor(rows / 2 / count) * count
  const checks: RowCheck[] = []
  for (const from of new Set([0, middle, last])) {
    const length = Math.min(count, rows - from)
    const what = `rows ${from} to ${from + length - 1}`
    checks.push(await checkWindow(device, kernel, own, buffers, { open, from, count: length, schedule }, what))
  }
  return checks
}

/** The first and the last entry of a size that all results are independent along, such as the number of heads; otherwise everything. */
function windowsOfHeads(kernel: Kernel, arrays: readonly PlannedArray[]): readonly (RowWindow | undefined)[] {
  const size = kernel.sizes
    .map(({ name }) => name)
    .find(name => isRowLocal(kernel, name) && rowsOf(kernel, arrays, name) > 1)
  if (size === undefined) return [undefined]
  const { multipleOf = 1 } = kernel.sizes.find(({ name }) => name === size)?.facts ?? {}
  const last = Math.floor((rowsOf(kernel, arrays, size) - 1) / multipleOf) * multipleOf
  return [...new Set([0, last])].map(from => ({ size, from, count: multipleOf }))
}

function rowsOf(kernel: Kernel, arrays: readonly PlannedArray[], open: string): number {
  const longest = arrays.find(array => leads(kernel, array, open) === 1)
  return longest?.shape[0] ?? 0
}

/** Whether a result depends only on nearby rows: no axis of a stage or reduction runs over the size except the first one of the stage. */
function isRowLocal(kernel: Kernel, open: string): boolean {
  return kernel.tensors.every(({ role, dims }) => {
    const [first, ...rest] = dims
    if (rest.some(dim => typeof dim === 'object' && dim.size === open)) return false
    return role === 'input' || (typeof first === 'object' && first.size === open)
  })
}

/** The value of `what` if nothing was left out. */
const everyRow = 'every row'

interface Schedule {
  readonly steps: readonly Step[]
  readonly fixed: ReadonlyMap<string, number>
}

interface Window {
  readonly schedule: Schedule
  readonly open: string
  readonly from: number
  readonly count: number
}

async function checkWindow(
  device: Device,
  kernel: Kernel,
  arrays: readonly PlannedArray[],
  buffers: Buffers,
  window: Window,
  what: string,
): Promise<RowCheck> {
  const tensors = new Map<string, Tensor>()
  for (const array of arrays) {
    const buffer = buffers.get(array.parameter.name) as DeviceBuffer
    tensors.set(array.parameter.name, await download(device, kernel, array, buffer, { ...window, size: window.open }))
  }
  const roleOf = (role: 'input' | 'output') =>
    new Map(
      arrays
        .filter(({ parameter }) => parameter.role === role)
        .map(({ parameter: { name } }) => [name, tensors.get(name) as Tensor]),
    )
  const run = { kernel, inputs: roleOf('input'), ...window.schedule }
  const found = roleOf('output')
  const { outputs } = judge(run, found, freedomOf(device))
  const order = distanceToDefinition(run, found, freedomOf(device))
  const elements = outputs.reduce((sum, { total }) => sum + total, 0)
  const wrong = outputs.reduce((sum, one) => sum + one.wrong, 0)
  const beyond = order?.reduce((sum, one) => sum + one.beyond, 0) ?? 0
  return { elements, different: Math.max(wrong, beyond), what, ...(order && { order }) }
}
