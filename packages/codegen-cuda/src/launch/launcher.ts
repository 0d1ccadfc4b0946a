/** The host function that checks its arguments and launches every kernel of a file in order. */
import type { FinishedKernel } from '@qernel/codegen'
import { flatMap, largestSize } from '@qernel/dsl/internal'
import type { Identifiers } from '../identifiers.ts'
import { comment } from '../print/comment.ts'
import type { PrintedKernels } from '../print/print-program.ts'
import { storageOf } from '../print/types.ts'
import { gridBounds } from './grid-parts.ts'
import { hostDocumentation } from './host-documentation.ts'
import { elementOf, hostPointer } from './host-pointer.ts'
import { indented, launchLines, type Naming } from './launch-lines.ts'

/** The printed parts of a host function, for the template. */
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

/** A condition that the scheduled kernels rely on. */
interface Reliance extends Condition {
  /** The condition under which it does not hold. */
  readonly broken: string
  readonly inWords: string
}

/** @param fallback kernels for arguments that the scheduled ones cannot handle; without them the host function rejects such arguments */
export function launcherOf(kernel: string, scheduled: PrintedKernels, fallback: PrintedKernels | undefined): Launcher {
  const { finished, names } = scheduled
  const { of } = names
  const { arrays, sizes } = finished
  const relied = reliedOn(scheduled)
  const naming = hostNames(names)
  const refused = fallback === undefined ? relied.map(negated) : []
  const own = launchLines(scheduled, naming, kernel)
  const others = fallback === undefined ? undefined : launchLines(fallback, naming, kernel)
  const launching =
    others === undefined
      ? own.lines.map(indented)
      : [
          ...wholeCondition(relied),
          '  if (fits) {',
          ...own.lines.map(line => indented(indented(line))),
          '  } else {',
          ...others.lines.map(line => indented(indented(line))),
          '  }',
        ]
  const checks = [...sizeChecks(finished, of), ...pointerChecks(finished, of), ...refused]
  return {
    name: `qernel_${kernel}`,
    comment: hostDocumentation(scheduled, {
      sizes: sizeTexts(finished, of),
      relied: relied.map(({ inWords }) => inWords),
      hasFallback: fallback !== undefined,
      isBounded: own.isBounded || others?.isBounded === true,
    }).map(comment),
    parameters: [
      ...arrays.map(array => `${hostPointer(array, finished).pointer} ${of(array.name)}`),
      ...sizes.map(({ name }) => `int64_t ${of(name)}`),
      'cudaStream_t stream',
    ],
    body: [
      ...checks.map(({ condition, because }) => `  if (${condition}) return cudaErrorInvalidValue;${note(because)}`),
      '  cudaGetLastError();  // discard the error of an earlier call',
      '',
      ...launching,
      '  return cudaGetLastError();',
    ],
  }
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

const note = (because: string | undefined): string => (because === undefined ? '' : `  // ${because}`)
const address = (name: string): string => `reinterpret_cast<uintptr_t>(${name})`

/** The conditions that the scheduled kernels rely on, besides the declared facts about sizes. */
function reliedOn(printed: PrintedKernels): Reliance[] {
  const {
    finished,
    alignments,
    names: { of },
  } = printed
  const atLaunch = (size: string) => finished.sizes.some(({ name }) => name === size)
  const assumed = flatMap(finished.requires, ({ size, multipleOf, isAssumed, because }) =>
    isAssumed && multipleOf !== undefined && atLaunch(size)
      ? [
          {
            ...divides(of(size), multipleOf),
            because,
            inWords: `${of(size)} is a multiple of ${multipleOf}`,
          },
        ]
      : [],
  )
  const aligned = [...alignments].map(([name, { bytes, as }]) => ({
    ...divides(address(of(name)), bytes),
    because: `accessed as ${as}`,
    inWords: `${of(name)} is aligned to ${bytes} bytes`,
  }))
  const bounded = gridBounds(printed).map(({ size, most, because }) => ({
    condition: `${of(size)} <= ${most}`,
    broken: `${of(size)} > ${most}`,
    because,
    inWords: `${of(size)} is at most ${most}`,
  }))
  return [...assumed, ...aligned, ...bounded]
}

const divides = (value: string, by: number): Pick<Reliance, 'condition' | 'broken'> => ({
  condition: `${value} % ${by} == 0`,
  broken: `${value} % ${by} != 0`,
})

const negated = ({ broken, because }: Reliance): Condition => ({
  condition: broken,
  ...(because === undefined ? {} : { because }),
})

function wholeCondition(relied: readonly Condition[]): string[] {
  const last = relied.length - 1
  return [
    '  // The conditions that the scheduled kernels rely on.',
    '  const bool fits =',
    ...relied.map(
      ({ condition, because }, i) =>
        `      ${i === 0 ? '' : '&& '}${condition}${i === last ? ';' : ''}${note(because)}`,
    ),
  ]
}

function sizeChecks({ sizes, requires }: FinishedKernel, of: Naming['of']): Condition[] {
  const bounds = sizes.map(({ name }) => ({ condition: `${of(name)} < 0 || ${of(name)} > ${largestSize}` }))
  const facts = flatMap(requires, ({ size, multipleOf = 1, equals, atMost, isAssumed, because }) => {
    if (isAssumed || !sizes.some(({ name }) => name === size)) return []
    return [
      ...(multipleOf === 1 ? [] : [`${of(size)} % ${multipleOf} != 0`]),
      ...(equals === undefined ? [] : [`${of(size)} != ${equals}`]),
      ...(atMost === undefined ? [] : [`${of(size)} > ${atMost}`]),
    ].map(condition => ({ condition, because }))
  })
  return [...bounds, ...facts]
}

/** The allowed values of sizes, for callers. */
function sizeTexts({ sizes, requires }: FinishedKernel, of: Naming['of']): string[] {
  return sizes.map(({ name }) => {
    const declared = requires.filter(({ size, isAssumed }) => size === name && isAssumed !== true)
    const most = Math.min(largestSize, ...declared.map(({ atMost = largestSize }) => atMost))
    const multiples = flatMap(declared, ({ multipleOf = 1 }) => (multipleOf === 1 ? [] : [multipleOf]))
    return `${of(name)} is from 0 to ${most}${multiples.map(each => `, a multiple of ${each}`).join('')}`
  })
}

/** Arrays that have elements must not be null, and pointers must be aligned to the element type. */
function pointerChecks(finished: FinishedKernel, of: Naming['of']): Condition[] {
  const present = flatMap(finished.arrays, ({ name, shape }) => {
    if (shape.includes(0)) return []
    const extents = new Set(
      flatMap(shape, extent => (typeof extent === 'number' || extent.plus !== undefined ? [] : [of(extent.size)])),
    )
    const hasElements = [...extents].map(size => `${size} > 0`)
    return [{ condition: [...hasElements, `${of(name)} == nullptr`].join(' && ') }]
  })
  const aligned = flatMap(finished.arrays, ({ name }) => {
    const { bytes } = storageOf(elementOf(name, finished).storage)
    return bytes === 1 ? [] : [{ condition: `${address(of(name))} % ${bytes} != 0` }]
  })
  return [...present, ...aligned]
}
