/** The launches of a host function. */
import type { ArrayParameter, Launch } from '@qernel/codegen'
import { flatMap } from '@qernel/dsl/internal'
import type { PrintedKernels } from '../print/print-program.ts'
import { gridParts } from './grid-parts.ts'
import { dim3, type GridVariable, gridText, lengthTexts } from './grid-text.ts'
import { hostPointer } from './host-pointer.ts'
import { offsetText, partLoop } from './part-loop.ts'

/** Names in the host function. Variables in separate blocks may share a name. */
export interface Naming {
  readonly of: (name: string) => string
  readonly local: (wanted: string) => string
}

/** Longer argument lists with moved pointers have one argument per line. */
const lineWidth = 100

export const indented = (line: string): string => (line === '' ? '' : `  ${line}`)

/** The launches of one set of kernels, in order, and whether some grid may be too long for every device. */
export function launchLines(
  printed: PrintedKernels,
  naming: Naming,
  kernel: string,
): { readonly lines: readonly string[]; readonly isBounded: boolean } {
  const { launches } = printed
  const texts = launches
    .filter(launch => !launch.grid.includes(0))
    .map(launch => {
      const stage = launches.length === 1 ? '' : `${ownName(launch, printed.suffix, kernel)}_`
      return launchText(launch, stage, printed, naming)
    })
  return {
    lines: [...flatMap(texts, ({ declarations }) => declarations), ...flatMap(texts, ({ lines }) => lines)],
    isBounded: texts.some(({ isBounded }) => isBounded),
  }
}

interface LaunchText {
  readonly declarations: readonly string[]
  /** The lines after the declarations of all launches. */
  readonly lines: readonly string[]
  readonly isBounded: boolean
}

/** @param stage prefix for the names of its variables */
function launchText(launch: Launch, stage: string, printed: PrintedKernels, { of, local }: Naming): LaunchText {
  const { finished, names, longestGrid } = printed
  const parts = gridParts(launch, printed)
  const partNames = parts && { whole: of(parts.size), first: local('first'), rows: local('rows') }
  const sizeOf = (size: string): string => (partNames && size === parts?.size ? partNames.rows : of(size))
  const length = lengthTexts(finished, sizeOf)
  const grid = gridText(launch, longestGrid[0], dimension => local(`${stage}grid_${dimension}`), length)
  const pointers = launch.arrays.map(name => {
    const array = finished.arrays.find(one => one.name === name) as ArrayParameter
    const isMoved = partNames !== undefined && parts?.arrays.includes(name)
    const offset = isMoved ? ` + ${offsetText(array, partNames.first, length)}` : ''
    return hostPointer(array, finished).cast(of(name) + offset)
  })
  const list = [...pointers, ...finished.sizes.map(({ name }) => `unsigned(${sizeOf(name)})`)]
  const call = [
    `${names.of(launch.entry)}<<<${dim3(grid.dimensions)}, ${dim3(launch.workgroup.map(String))}, 0, stream>>>(`,
    ...(partNames !== undefined && list.join(', ').length > lineWidth
      ? list.map((each, i) => `    ${each}${i === list.length - 1 ? ');' : ','}`)
      : [`    ${list.join(', ')});`]),
  ]
  const isBounded = grid.variables.some(({ excess }) => excess !== undefined)
  if (parts === undefined || partNames === undefined) return { ...whereNotEmpty(grid.variables, call), isBounded }
  const ofPart = grid.variables.filter(({ size }) => size === parts.size)
  const around = whereNotEmpty(
    grid.variables.filter(({ size }) => size !== parts.size),
    partLoop(parts, partNames, [...flatMap(ofPart, declared), ...call]),
  )
  return { ...around, isBounded }
}

const whereNotEmpty = (
  variables: readonly GridVariable[],
  lines: readonly string[],
): Omit<LaunchText, 'isBounded'> => ({
  declarations: flatMap(variables, declared),
  lines:
    variables.length === 0
      ? lines
      : [`if (${variables.map(({ name }) => `${name} > 0`).join(' && ')}) {`, ...lines.map(indented), '}'],
})

const declared = ({ name, value, excess }: GridVariable): string[] => [
  `const unsigned ${name} = ${value};`,
  ...(excess === undefined ? [] : [`if (${excess}) return cudaErrorInvalidConfiguration;`]),
]

/** The name of the stage that an entry point computes. */
const ownName = ({ entry }: Launch, suffix: string, kernel: string): string => {
  const name = entry.endsWith(suffix) ? entry.slice(0, entry.length - suffix.length) : entry
  return name.startsWith(`${kernel}_`) ? name.slice(kernel.length + 1) : name
}
