/** The host function that checks its arguments and launches every kernel of a file in order. */
import type { ArrayParameter, ElementType, Launch, LaunchExtent, LoweredKernel } from '@qernel/codegen'
import { largestSize } from '@qernel/dsl'
import { comment } from './comment.ts'
import { hostDocumentation } from './host-documentation.ts'
import type { Identifiers } from './identifiers.ts'
import type { PrintedKernels } from './print-program.ts'
import { elementName, isAddressable, storageOf } from './types.ts'

/** What the template of the launcher is filled with; every part is printed already. */
export interface Launcher {
  readonly name: string
  /** Lines of documentation, marked as comments. */
  readonly comment: readonly string[]
  readonly parameters: readonly string[]
  readonly body: readonly string[]
}

interface Condition {
  readonly condition: string
  readonly because?: string
}

/** What the scheduled kernels rely on. */
interface Reliance extends Condition {
  readonly inWords: string
}

/** Blocks along x, and along y and z. */
const gridLimits = [2 ** 31 - 1, 65535, 65535] as const

/** @param fallback kernels for arguments that the scheduled ones do not take; without them such arguments are refused */
export function launcherOf(kernel: string, scheduled: PrintedKernels, fallback: PrintedKernels | undefined): Launcher {
  const { lowered, names } = scheduled
  const { of } = names
  const { arrays, sizes } = lowered
  const relied = reliedOn(scheduled)
  const naming = hostNames(names)
  const refused = fallback === undefined ? relied.map(negated) : []
  const launching =
    fallback === undefined
      ? launchLines(scheduled, naming, kernel).map(indented)
      : [
          ...wholeCondition(relied),
          '  if (fits) {',
          ...launchLines(scheduled, naming, kernel).map(line => indented(indented(line))),
          '  } else {',
          ...launchLines(fallback, naming, kernel).map(line => indented(indented(line))),
          '  }',
        ]
  const checks = [...sizeChecks(lowered, of), ...pointerChecks(lowered, of), ...refused]
  return {
    name: `qernel_${kernel}`,
    comment: hostDocumentation(scheduled, {
      sizes: sizeTexts(lowered, of),
      relied: relied.map(({ inWords }) => inWords),
      hasFallback: fallback !== undefined,
      isBounded: launching.some(line => line.includes('cudaErrorInvalidConfiguration')),
    }).map(comment),
    parameters: [
      ...arrays.map(array => `${hostArray(array, lowered).pointer} ${of(array.name)}`),
      ...sizes.map(({ name }) => `int64_t ${of(name)}`),
      'cudaStream_t stream',
    ],
    body: [
      ...checks.map(({ condition, because }) => `  if (${condition}) return cudaErrorInvalidValue;${note(because)}`),
      ...(checks.length === 0 ? [] : ['']),
      ...launching,
      '  return cudaGetLastError();',
    ],
  }
}

/** Names of the host function. Variables of blocks beside each other may share theirs. */
interface Naming {
  readonly of: (name: string) => string
  readonly local: (wanted: string) => string
}

function hostNames({ of, fresh }: Identifiers): Naming {
  const locals = new Map<string, string>()
  const local = (wanted: string): string => {
    const name = locals.get(wanted) ?? fresh(wanted)
    locals.set(wanted, name)
    return name
  }
  return { of, local }
}

const indented = (line: string): string => (line === '' ? '' : `  ${line}`)
const note = (because: string | undefined): string => (because === undefined ? '' : `  // ${because}`)
const address = (name: string): string => `reinterpret_cast<uintptr_t>(${name})`

/** What the kernels take for granted and the caller need not know. */
function reliedOn({ lowered, alignments, names: { of } }: PrintedKernels): Reliance[] {
  const atLaunch = (size: string) => lowered.sizes.some(({ name }) => name === size)
  const assumed = lowered.requires.flatMap(({ size, multipleOf, isAssumed, because }) =>
    isAssumed && multipleOf !== undefined && atLaunch(size)
      ? [
          {
            condition: `${of(size)} % ${multipleOf} == 0`,
            because,
            inWords: `${of(size)} is a multiple of ${multipleOf}`,
          },
        ]
      : [],
  )
  const aligned = [...alignments].map(([name, { bytes, as }]) => ({
    condition: `${address(of(name))} % ${bytes} == 0`,
    because: `accessed as ${as}`,
    inWords: `${of(name)} is aligned to ${bytes} bytes`,
  }))
  return [...assumed, ...aligned, ...gridBounds(lowered, of)]
}

/** The largest sizes for which no dimension of a grid has too many blocks. */
function gridBounds({ launches }: LoweredKernel, of: Naming['of']): Reliance[] {
  const largest = new Map<string, { most: number; because: string }>()
  for (const { grid, gridWidth } of launches)
    for (const [axis, extent] of grid.entries()) {
      const limit = gridLimits[axis] as number
      if (gridWidth !== undefined || typeof extent === 'number' || limit * extent.dividedBy >= largestSize) continue
      const most = limit * extent.dividedBy
      if (most < (largest.get(extent.size)?.most ?? Number.POSITIVE_INFINITY))
        largest.set(extent.size, { most, because: `at most ${limit} blocks along ${'xyz'[axis]}` })
    }
  return [...largest].map(([size, { most, because }]) => ({
    condition: `${of(size)} <= ${most}`,
    because,
    inWords: `${of(size)} is at most ${most}`,
  }))
}

const negated = ({ condition, because }: Condition): Condition => ({
  condition: condition.replace(/ (==|<=) /, (_, symbol) => (symbol === '==' ? ' != ' : ' > ')),
  ...(because === undefined ? {} : { because }),
})

function wholeCondition(relied: readonly Condition[]): string[] {
  const last = relied.length - 1
  return [
    '  // What the scheduled kernels rely on.',
    '  const bool fits =',
    ...relied.map(
      ({ condition, because }, i) =>
        `      ${i === 0 ? '' : '&& '}${condition}${i === last ? ';' : ''}${note(because)}`,
    ),
  ]
}

/** The launches of one set of kernels, in order. */
function launchLines({ lowered, names: own, suffix }: PrintedKernels, naming: Naming, kernel: string): string[] {
  const { arrays, sizes, launches, requires } = lowered
  const { of } = naming
  const working = launches.filter(launch => !launch.grid.includes(0))
  const divides = ({ size, dividedBy }: OpenExtent): boolean =>
    requires.some(fact => fact.size === size && (fact.multipleOf ?? 1) % dividedBy === 0)
  const grids = working.map(launch =>
    gridOf(launch, launches.length === 1 ? '' : `${ownName(launch, suffix, kernel)}_`, naming, divides),
  )
  const argument = (name: string): string => {
    const array = arrays.find(one => one.name === name)
    return array === undefined ? of(name) : hostArray(array, lowered).cast(of(name))
  }
  return [
    ...grids.flatMap(({ variables }) =>
      variables.flatMap(({ name, value, excess }) => [
        `const unsigned ${name} = ${value};`,
        ...(excess === undefined ? [] : [`if (${excess}) return cudaErrorInvalidConfiguration;`]),
      ]),
    ),
    ...working.flatMap((launch, i) => {
      const { dimensions, variables } = grids[i] as Grid
      const call = [
        `${own.of(launch.entry)}<<<${dim3(dimensions)}, ${dim3(launch.workgroup.map(String))}, 0, stream>>>(`,
        `    ${[...launch.arrays.map(argument), ...sizes.map(({ name }) => `unsigned(${of(name)})`)].join(', ')});`,
      ]
      if (variables.length === 0) return call
      return [`if (${variables.map(({ name }) => `${name} > 0`).join(' && ')}) {`, ...call.map(indented), '}']
    }),
  ]
}

type OpenExtent = Exclude<LaunchExtent, number>

interface Grid {
  readonly dimensions: readonly string[]
  readonly variables: readonly {
    readonly name: string
    readonly value: string
    /** When the grid is longer than any device takes. */
    readonly excess: string | undefined
  }[]
}

/** @param divides whether the size is known to be a multiple of what divides it */
function gridOf(
  { grid, gridWidth }: Launch,
  stage: string,
  { of, local }: Naming,
  divides: (extent: OpenExtent) => boolean,
): Grid {
  const variables: { name: string; value: string; excess: string | undefined }[] = []
  const folds = gridWidth !== undefined
  const known = grid.reduce<number>((count, extent) => count * (typeof extent === 'number' ? extent : 1), 1)
  const dimensions = grid.map((extent, axis) => {
    if (typeof extent === 'number') return String(extent)
    const name = local(`${stage}grid_${'xyz'[axis]}`)
    const before = variables.map(variable => variable.name)
    const excess = folds ? foldedExcess(name, known, before) : undefined
    variables.push({ name, value: extentText(extent, of, divides(extent)), excess })
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

/** The name of the stage that an entry point computes. */
const ownName = ({ entry }: Launch, suffix: string, kernel: string): string => {
  const name = entry.endsWith(suffix) ? entry.slice(0, entry.length - suffix.length) : entry
  return name.startsWith(`${kernel}_`) ? name.slice(kernel.length + 1) : name
}

function sizeChecks({ sizes, requires }: LoweredKernel, of: Naming['of']): Condition[] {
  const bounds = sizes.map(({ name }) => ({ condition: `${of(name)} < 0 || ${of(name)} > ${largestSize}` }))
  const facts = requires.flatMap(({ size, multipleOf = 1, equals, atMost, isAssumed, because }) => {
    if (isAssumed || !sizes.some(({ name }) => name === size)) return []
    return [
      ...(multipleOf === 1 ? [] : [`${of(size)} % ${multipleOf} != 0`]),
      ...(equals === undefined ? [] : [`${of(size)} != ${equals}`]),
      ...(atMost === undefined ? [] : [`${of(size)} > ${atMost}`]),
    ].map(condition => ({ condition, because }))
  })
  return [...bounds, ...facts]
}

/** What sizes may be, for those who call. */
function sizeTexts({ sizes, requires }: LoweredKernel, of: Naming['of']): string[] {
  return sizes.map(({ name }) => {
    const declared = requires.filter(({ size, isAssumed }) => size === name && isAssumed !== true)
    const most = Math.min(largestSize, ...declared.map(({ atMost = largestSize }) => atMost))
    const multiples = declared.flatMap(({ multipleOf = 1 }) => (multipleOf === 1 ? [] : [multipleOf]))
    return `${of(name)} is from 0 to ${most}${multiples.map(each => `, a multiple of ${each}`).join('')}`
  })
}

/** Arrays that have elements must be there, and every element where its type may lie. */
function pointerChecks(lowered: LoweredKernel, of: Naming['of']): Condition[] {
  const present = lowered.arrays.map(({ name, shape }) => {
    const extents = new Set(
      shape.flatMap(extent => (typeof extent === 'number' || extent.plus !== undefined ? [] : [of(extent.size)])),
    )
    const hasElements = [...extents].map(size => `${size} > 0`)
    return { condition: [...hasElements, `${of(name)} == nullptr`].join(' && ') }
  })
  const aligned = lowered.arrays.flatMap(({ name }) => {
    const { bytes } = storageOf(elementOf(name, lowered).storage)
    return bytes === 1 ? [] : [{ condition: `${address(of(name))} % ${bytes} != 0` }]
  })
  return [...present, ...aligned]
}

function elementOf(name: string, { program }: LoweredKernel): ElementType {
  const element = program.arrays.find(array => array.name === name)?.element
  if (element === undefined) throw new Error(`no array ${name}`)
  return element
}

/** An array as callers see it, and as it is handed to a kernel that sees other elements (words that are maximized). */
function hostArray(
  { name, type, access }: ArrayParameter,
  lowered: LoweredKernel,
): { readonly pointer: string; readonly cast: (argument: string) => string } {
  const element = elementOf(name, lowered)
  const constant = access === 'read' ? 'const ' : ''
  const isDirect = element.storage === type.name || !isAddressable(type.name)
  const declared = elementName(element)
  const pointer = `${constant}${hostName(isDirect ? declared : storageOf(type.name).names[1])}*`
  return { pointer, cast: argument => (isDirect ? argument : `reinterpret_cast<${constant}${declared}*>(${argument})`) }
}

/** Host code has names of fixed width for bytes. */
const hostName = (name: string): string =>
  name === 'signed char' ? 'int8_t' : name === 'unsigned char' ? 'uint8_t' : name === 'unsigned' ? 'uint32_t' : name

function extentText({ size, dividedBy }: OpenExtent, of: Naming['of'], divides: boolean): string {
  const rounded = divides ? of(size) : `(${of(size)} + ${dividedBy - 1})`
  return `unsigned(${dividedBy === 1 ? of(size) : `${rounded} / ${dividedBy}`})`
}

/** Dimensions of 1 at the end are left to dim3. */
function dim3(dimensions: readonly string[]): string {
  const last = dimensions.findLastIndex(extent => extent !== '1')
  return `dim3(${dimensions.slice(0, Math.max(1, last + 1)).join(', ')})`
}
