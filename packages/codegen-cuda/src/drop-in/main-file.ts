/** The self-test. It compares every result with CPU loops, detects writes outside arrays, and measures the time. */
import { template } from '@qernel/codegen/internal'
import type { ElementName, Kernel } from '@qernel/dsl'
import { comment } from '../print/comment.ts'
import { extentText } from '../reference/host-array.ts'
import { selfTest } from '../templates.js'
import type { DropInContext } from './context.ts'
import { groupSizes } from './group-sizes.ts'
import { type HostArray, hostArrays } from './host-arrays.ts'
import { partSizes } from './part-sizes.ts'
import type { DropInFile } from './parts.ts'
import { allowedCalls, referenceCall, referenceFileName } from './reference-file.ts'
import { validSize } from './valid-size.ts'

interface Main {
  readonly header: readonly string[]
  readonly base: string
  readonly kernel: string
  readonly reference: string
  readonly loops: string
  readonly sizes: readonly {
    readonly name: string
    readonly multipleOf: number
    readonly atMost: string
    readonly timed: number
    /** The requirements on the size, in words. */
    readonly facts: string
  }[]
  readonly arrays: readonly {
    readonly name: string
    readonly kind: string
    readonly role: string
    readonly count: string
    readonly bytes: number
  }[]
  readonly referenceArguments: string
  readonly launcher: string
  readonly launcherArguments: string
  /** Where results are compared with intervals: the outputs, the function that computes the intervals, and its arguments. */
  readonly outputs?: readonly {
    readonly name: string
    readonly interval: string
    /** A member of a struct. */
    readonly field: string
    readonly count: string
    readonly beyond: string
    readonly arguments: string
  }[]
  readonly allowed?: string
  readonly allowedArguments?: string
  readonly hasManySizes: boolean
  /** Sizes at which launches run in parts. */
  readonly inParts: readonly TriedSizes[]
  readonly acrossGroups: readonly TriedSizes[]
  readonly usesF16: boolean
  readonly usesBf16: boolean
  readonly usesF8: boolean
  readonly seed: number
}

interface TriedSizes {
  readonly sizes: readonly { readonly name: string; readonly value: number }[]
}

const render = template<Main>(selfTest)

export function mainFile(context: DropInContext): DropInFile {
  const { kernel, base, compiled, printed, launcher, provenance, seed } = context
  const name = `${base}_main.cu`
  const sizeText = (size: string) => `s.${printed.names.of(size)}`
  const arrays = hostArrays(context, sizeText)
  const sizes = compiled.sizes.map(size => sizeText(size.name))
  const indexOf = (tensor: string) => arrays.findIndex(({ parameter }) => parameter.name === tensor)
  const across = groupSizes(context)
  const longest = across[0]?.longest ?? compiled.sizes[0]?.name
  const triedOf = (sizes: Iterable<readonly [string, number]>): TriedSizes => ({
    sizes: [...sizes].map(([size, value]) => ({ name: printed.names.of(size), value })),
  })
  const types = new Set(arrays.map(({ parameter }) => parameter.type.element))
  const source = render({
    header: provenance(name).map(comment),
    base,
    kernel: kernel.name,
    reference: referenceFileName(base),
    loops: referenceCall(kernel),
    sizes: compiled.sizes.map(({ name: size }, i) => {
      const { multipleOf = 1, atMost } = kernel.sizes.find(one => one.name === size)?.facts ?? {}
      const isLast = i === compiled.sizes.length - 1
      return {
        name: printed.names.of(size),
        multipleOf,
        atMost: atMost === undefined ? 'INT64_MAX' : String(atMost),
        timed: validSize(timedSize(size === longest, isLast), { multipleOf, atMost }),
        facts: [
          ...(multipleOf === 1 ? [] : [`a multiple of ${multipleOf}`]),
          ...(atMost === undefined ? [] : [`at most ${atMost}`]),
        ].join(', '),
      }
    }),
    arrays: arrays.map(array => ({
      name: array.name,
      kind: kindOf(array),
      role: array.isWorkspace ? 'workspace' : array.parameter.role,
      count: array.count,
      bytes: array.elementBytes,
    })),
    referenceArguments: [
      ...kernel.tensors
        .filter(({ role }) => role !== 'temporary')
        .map(tensor => {
          const position = indexOf(tensor.name)
          return `reinterpret_cast<${tensor.role === 'input' ? 'const ' : ''}${arrays[position]?.element}*>(arrays[${position}].host.data())`
        }),
      ...sizes,
    ].join(',\n      '),
    launcher: launcher.name,
    launcherArguments: [
      ...launcher.parameters.slice(0, arrays.length).map((parameter, i) => {
        const pointer = parameter.slice(0, parameter.lastIndexOf('*') + 1)
        return `reinterpret_cast<${pointer}>(arrays[${i}].device)`
      }),
      ...sizes,
      'nullptr',
    ].join(',\n      '),
    hasManySizes: compiled.sizes.length > 2,
    inParts: partSizes(context).map(triedOf),
    acrossGroups: across.map(({ sizes }) => triedOf(sizes)),
    ...(context.comparison.by === 'intervals' && intervalView(context, arrays, sizeText)),
    usesF16: types.has('f16'),
    usesBf16: types.has('bf16'),
    usesF8: types.has('f8e4m3') || types.has('f8e5m2'),
    seed,
  })
  return { name, source }
}

/** What the comparison with intervals needs. */
function intervalView(context: DropInContext, arrays: readonly HostArray[], sizeText: (size: string) => string) {
  const { kernel, compiled } = context
  const { interval, allowed, beyond } = allowedCalls(kernel)
  const sizes = compiled.sizes.map(size => sizeText(size.name))
  const outputs = arrays.flatMap((array, position) => {
    const { name, role, type, shape } = array.parameter
    if (role !== 'output') return []
    const field = `results_${position}`
    const given = `reinterpret_cast<const ${array.element}*>(got)`
    return {
      name: array.name,
      interval: interval(type),
      field,
      count: shape.map(extent => `(${extentText(extent, sizeText)})`).join(' * '),
      beyond: beyond(name),
      arguments: [given, `allowed.${field}.data()`, ...sizes, 'found'].join(', '),
    }
  })
  const argumentOf = ({ name, role }: Kernel['tensors'][number]): string => {
    const position = arrays.findIndex(({ parameter }) => parameter.name === name)
    return role === 'output'
      ? `allowed.results_${position}.data()`
      : `reinterpret_cast<const ${arrays[position]?.element}*>(arrays[${position}].host.data())`
  }
  const tensors = kernel.tensors.filter(({ role }) => role !== 'temporary')
  return { outputs, allowed, allowedArguments: [...tensors.map(argumentOf), ...sizes].join(',\n      ') }
}

/** Rows of 128 elements, and enough of the longest size that the cost of the launch does not matter. */
const timedSize = (isLongest: boolean, isLast: boolean): number => (isLongest ? 65536 : isLast ? 128 : 8)

/** How the self-test fills and compares an array: floats may be NaN, and codes are compared as bits. */
type Kind = 'f32' | 'f16' | 'bf16' | 'f8e4m3' | 'f8e5m2' | 'bits'
const kinds: Readonly<Record<ElementName, Kind>> = {
  ...({ f32: 'f32', f16: 'f16', bf16: 'bf16', f8e4m3: 'f8e4m3', f8e5m2: 'f8e5m2' } as const),
  ...({ i32: 'bits', i8: 'bits', i4: 'bits', i3: 'bits', i2: 'bits' } as const),
  ...({ u32: 'bits', u8: 'bits', u4: 'bits', u3: 'bits', u2: 'bits' } as const),
}
const kindOf = ({ parameter: { type } }: HostArray): Kind => kinds[type.element]
