import type { Launch } from '@qernel/codegen'
import { type DispatchCost, instructionKinds } from '@qernel/codegen/internal'
import { affine } from '@qernel/dsl'
import type { AccessCost, NestCost, TensorCost } from '@qernel/schedule'
import type { AccessFacts, NestFacts, SharedFacts } from '@qernel/schedule/internal'
import { textTable } from '../../report/text-table.ts'

/** The bytes that a scheduled kernel moves, as a table followed by four lines. */
export function costText(cost: NestCost, sizes: ReadonlyMap<string, number>): string {
  const at = [...sizes].map(([name, value]) => `${name} = ${value}`).join(', ')
  const moved = cost.readBytes + cost.writtenBytes
  const minimum = cost.minimumReadBytes + cost.minimumWrittenBytes
  const each = (bytes: number) => perElement(bytes, cost.elements)
  return [
    `Global memory at ${at}\n\n${tensorTable(cost.tensors)}`,
    [
      `bytes per element  ${each(moved)}: ${each(cost.readBytes)} read, ${each(cost.writtenBytes)} written\n`,
      `fewest possible    ${each(minimum)}: each input read once, each output written once\n`,
      `ratio              ${minimum === 0 ? '–' : (moved / minimum).toFixed(3)}\n`,
      `repeated           ${each(cost.repeatedBytes)}: loads that some loop repeats and caches serve; not counted above\n`,
    ].join(''),
  ].join('\n')
}

/** How threads access memory, and the shape of a workgroup, as tables. */
export function memoryText({ accesses, shared }: NestFacts, launches: readonly Launch[]): string {
  return [
    accessTable(accesses, launches),
    ...(launches.length > 0 ? [launchTable(launches)] : []),
    ...(shared.length > 0 ? [sharedTable(shared, launches)] : []),
  ].join('\n')
}

const right = 'right' as const

/** How many threads run at a time and what they execute per element, as a table: estimates, since compilers decide. */
export function dispatchText(dispatches: readonly DispatchCost[], elements: number): string {
  const kinds = instructionKinds.filter(kind => dispatches.some(({ instructions }) => instructions[kind] > 0))
  const each = (count: number) => (elements === 0 ? '–' : String(Number((count / elements).toPrecision(3))))
  return `Estimates; instructions are per element, additions say how many of f32 would take as long\n\n${textTable(
    [
      { title: 'dispatch' },
      { title: 'registers', align: right },
      { title: 'resident threads' },
      ...kinds.map(title => ({ title, align: right })),
      { title: 'additions', align: right },
    ],
    dispatches.map(({ entry, registers, occupancy, instructions, threads, additions }) => [
      entry,
      String(registers),
      `${Math.round(100 * occupancy.share)}%, by ${occupancy.limit}`,
      ...kinds.map(kind => each(instructions[kind] * threads)),
      each(additions),
    ]),
  )}`
}

function tensorTable(tensors: readonly TensorCost[]): string {
  return textTable(
    [
      { title: 'tensor' },
      { title: 'role' },
      { title: 'elements', align: right },
      { title: 'reads', align: right },
      { title: 'writes', align: right },
      { title: 'bytes', align: right },
      { title: 'fewest', align: right },
      { title: 'repeated', align: right },
    ],
    tensors.map(t => [
      t.tensor,
      t.role,
      String(t.elements),
      times(t.reads),
      times(t.writes),
      String(t.readBytes + t.writtenBytes),
      String(t.minimumBytes),
      String(t.repeatedBytes),
    ]),
  )
}

function accessTable(accesses: readonly AccessFacts[], launches: readonly Launch[]): string {
  return textTable(
    [
      { title: 'dispatch' },
      { title: 'access' },
      { title: 'bytes per thread', align: right },
      { title: 'threads side by side' },
      { title: 'sectors per warp', align: right },
      { title: 'fewest', align: right },
    ],
    accesses.map(access => [
      launches[access.dispatch]?.entry ?? String(access.dispatch + 1),
      `${access.kind} ${access.buffer}`,
      String(access.laneBytes),
      patterns[access.pattern],
      access.transactions === undefined ? '–' : String(access.transactions.sectors),
      access.transactions === undefined ? '–' : String(access.transactions.fewest),
    ]),
  )
}

export const patterns: Readonly<Record<AccessCost['pattern'], string>> = {
  contiguous: 'contiguous',
  same: 'the same bytes',
  strided: 'apart',
  single: 'one thread',
  computed: 'computed positions',
}

function sharedTable(shared: readonly SharedFacts[], launches: readonly Launch[]): string {
  return textTable(
    [
      { title: 'dispatch' },
      { title: 'shared memory' },
      { title: 'type' },
      { title: 'bytes', align: right },
      { title: 'bank conflicts', align: right },
    ],
    shared.map(({ dispatch, name, type, bytes, bankConflicts }) => [
      launches[dispatch]?.entry ?? String(dispatch + 1),
      name,
      type,
      String(bytes),
      bankConflicts === 1 ? 'none' : `${Number(bankConflicts.toFixed(2))} × as long`,
    ]),
  )
}

function launchTable(launches: readonly Launch[]): string {
  return textTable(
    [
      { title: 'dispatch' },
      { title: 'workgroups' },
      { title: 'threads per workgroup', align: right },
      { title: 'shared bytes', align: right },
    ],
    launches.map(({ entry, grid, workgroup, sharedBytes }) => [
      entry,
      grid.map(affine.printExtent).join(' × '),
      String(workgroup.reduce((a, b) => a * b)),
      String(sharedBytes),
    ]),
  )
}

const times = (count: number): string => (count === 0 ? '–' : String(Number(count.toFixed(3))))
const perElement = (bytes: number, elements: number): string => (elements === 0 ? '0' : (bytes / elements).toFixed(3))
