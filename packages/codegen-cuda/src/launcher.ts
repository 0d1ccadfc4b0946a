/** The host function that checks its arguments and launches every kernel of a file in order. */
import type { ArrayParameter, Launch, LaunchExtent, LoweredKernel } from '@qernel/codegen'
import type { Identifiers } from './identifiers.ts'
import { elementName, isAddressable, storageOf } from './types.ts'

/** The alignment that wide accesses to an array need. */
export interface Alignment {
  readonly bytes: number
  /** The C++ type of the access. */
  readonly as: string
}

/** What the template of the launcher is filled with. */
export interface Launcher {
  readonly name: string
  /** Lines of documentation, an array each. */
  readonly notes: readonly string[]
  /** Whether there are sizes, so that their bound is worth a line. */
  readonly largestSize: number | undefined
  readonly parameters: readonly string[]
  /** Conditions under which the arguments are invalid, and why where that is not plain. */
  readonly checks: readonly { readonly condition: string; readonly because: string | undefined }[]
  readonly grids: readonly { readonly name: string; readonly value: string; readonly excess: string | undefined }[]
  readonly launches: readonly {
    readonly entry: string
    /** When there is work; empty where there always is. */
    readonly condition: string
    readonly grid: string
    readonly block: string
    readonly arguments: string
  }[]
}

/** Index arithmetic is unsigned with room above the sizes for the last, partial block. */
const largestSize = 2 ** 31 - 1
/** Blocks along x, and along y and z. */
const gridLimits = [2 ** 31 - 1, 65535, 65535] as const

export function launcherOf(
  kernel: string,
  lowered: LoweredKernel,
  alignments: ReadonlyMap<string, Alignment>,
  identifiers: Identifiers,
): Launcher {
  const { of } = identifiers
  const { arrays, sizes, launches } = lowered
  const host = new Map(arrays.map(array => [array.name, hostArray(array, lowered)]))
  const working = launches.filter(launch => !launch.grid.includes(0))
  const grids = working.map(launch => gridOf(launch, launches.length === 1 ? '' : stageOf(launch, kernel), identifiers))
  return {
    name: `qernel_${kernel}`,
    notes: arrays.map(array => describe(array, of)),
    largestSize: sizes.length > 0 ? largestSize : undefined,
    parameters: [
      ...arrays.map(({ name }) => `${host.get(name)?.pointer} ${of(name)}`),
      ...sizes.map(({ name }) => `int64_t ${of(name)}`),
      'cudaStream_t stream',
    ],
    checks: [...sizeChecks(lowered, of), ...pointerChecks(arrays, alignments, of)],
    grids: grids.flatMap(grid => grid.variables),
    launches: working.map((launch, i) => {
      const { dimensions, variables } = grids[i] as Grid
      return {
        entry: of(launch.entry),
        condition: variables.map(({ name }) => `${name} > 0`).join(' && '),
        grid: dim3(dimensions),
        block: dim3(launch.workgroup.map(String)),
        arguments: [
          ...launch.arrays.map(name => host.get(name)?.cast(of(name)) ?? of(name)),
          ...sizes.map(({ name }) => `unsigned(${of(name)})`),
        ].join(', '),
      }
    }),
  }
}

type Naming = (name: string) => string

interface Grid {
  readonly dimensions: readonly string[]
  readonly variables: Launcher['grids']
}

function gridOf({ grid, gridWidth }: Launch, stage: string, { of, fresh }: Identifiers): Grid {
  const variables: { name: string; value: string; excess: string | undefined }[] = []
  const folds = gridWidth !== undefined
  const known = grid.reduce<number>((count, extent) => count * (typeof extent === 'number' ? extent : 1), 1)
  const dimensions = grid.map((extent, axis) => {
    if (typeof extent === 'number') return String(extent)
    const name = fresh(`${stage}grid_${'xyz'[axis]}`)
    const excess = folds
      ? foldedExcess(
          name,
          known,
          variables.map(variable => variable.name),
        )
      : axis > 0
        ? `${name} > ${gridLimits[axis]}`
        : undefined
    variables.push({ name, value: extentText(extent, of), excess })
    return name
  })
  const factors = [...variables.map(({ name }) => name), ...(known > 1 ? [String(known)] : [])]
  return { dimensions: folds ? [factors.join(' * ')] : dimensions, variables }
}

/** When a folded grid, all its dimensions multiplied, would be too long. A size by itself stays below. */
function foldedExcess(name: string, known: number, before: readonly string[]): string | undefined {
  const most = Math.floor(gridLimits[0] / known)
  const others = before.join(' * ')
  if (before.length === 0) return known === 1 ? undefined : `${name} > ${most}`
  return `${others} > 0 && ${name} > ${most} / ${before.length === 1 ? others : `(${others})`}`
}

const stageOf = ({ entry }: Launch, kernel: string): string =>
  `${entry.startsWith(`${kernel}_`) ? entry.slice(kernel.length + 1) : entry}_`

function sizeChecks({ sizes, requires }: LoweredKernel, of: Naming): Launcher['checks'] {
  const bounds = sizes.map(({ name }) => ({
    condition: `${of(name)} < 0 || ${of(name)} > ${largestSize}`,
    because: undefined,
  }))
  const facts = requires.flatMap(({ size, multipleOf = 1, equals, atMost, because }) => {
    if (!sizes.some(({ name }) => name === size)) return []
    return [
      ...(multipleOf === 1 ? [] : [`${of(size)} % ${multipleOf} != 0`]),
      ...(equals === undefined ? [] : [`${of(size)} != ${equals}`]),
      ...(atMost === undefined ? [] : [`${of(size)} > ${atMost}`]),
    ].map(condition => ({ condition, because }))
  })
  return [...bounds, ...facts]
}

/** Arrays that have elements must be there; those with wide accesses must be aligned. */
function pointerChecks(
  arrays: readonly ArrayParameter[],
  alignments: ReadonlyMap<string, Alignment>,
  of: Naming,
): Launcher['checks'] {
  const present = arrays.map(({ name, shape }) => {
    const extents = new Set(shape.flatMap(extent => (typeof extent === 'number' ? [] : [of(extent.size)])))
    const hasElements = [...extents].map(size => `${size} > 0`)
    return { condition: [...hasElements, `${of(name)} == nullptr`].join(' && '), because: undefined }
  })
  const aligned = [...alignments].map(([name, { bytes, as }]) => ({
    condition: `reinterpret_cast<uintptr_t>(${of(name)}) % ${bytes} != 0`,
    because: `accessed as ${as}`,
  }))
  return [...present, ...aligned]
}

/** An array as callers see it, and as it is handed to a kernel that sees other elements (words that are maximized). */
function hostArray(
  { name, type, access }: ArrayParameter,
  { program }: LoweredKernel,
): { readonly pointer: string; readonly cast: (argument: string) => string } {
  const element = program.arrays.find(array => array.name === name)?.element
  if (element === undefined) throw new Error(`no array ${name}`)
  const constant = access === 'read' ? 'const ' : ''
  const isDirect = element.storage === type.name || !isAddressable(type.name)
  const declared = elementName(element)
  const pointer = `${constant}${hostName(isDirect ? declared : storageOf(type.name).names[1])}*`
  return { pointer, cast: argument => (isDirect ? argument : `reinterpret_cast<${constant}${declared}*>(${argument})`) }
}

/** Host code has names of fixed width for bytes. */
const hostName = (name: string): string =>
  name === 'signed char' ? 'int8_t' : name === 'unsigned char' ? 'uint8_t' : name === 'unsigned' ? 'uint32_t' : name

function extentText({ size, dividedBy }: Exclude<LaunchExtent, number>, of: Naming): string {
  return `unsigned(${dividedBy === 1 ? of(size) : `(${of(size)} + ${dividedBy - 1}) / ${dividedBy}`})`
}

/** Dimensions of 1 at the end are left to dim3. */
function dim3(dimensions: readonly string[]): string {
  const last = dimensions.findLastIndex(extent => extent !== '1')
  return `dim3(${dimensions.slice(0, Math.max(1, last + 1)).join(', ')})`
}

function describe({ name, role, type, shape, rowAlignment }: ArrayParameter, of: Naming): string {
  const dims = shape.map(extent => {
    if (typeof extent === 'number') return String(extent)
    return extent.dividedBy === 1 ? of(extent.size) : `ceil(${of(extent.size)} / ${extent.dividedBy})`
  })
  const padded = rowAlignment > 1 ? `, rows padded to ${rowAlignment} bytes` : ''
  const kind = role === 'temporary' ? 'workspace' : role
  return `${of(name)}: ${kind}, ${type.name} [${dims.join(', ')}]${padded}`
}
