/** A kernel as a PyTorch operator: a function of tensors, and of the sizes that no tensor shape determines. */
import type { SizeRequirement } from '@qernel/codegen'
import type { ElementName } from '@qernel/dsl'
import { largestSize } from '@qernel/dsl/internal'
import { extentText, pitchText } from '../reference/host-array.ts'
import type { DropInContext } from './context.ts'
import { type HostArray, hostArrays } from './host-arrays.ts'
import { torchName } from './torch-names.ts'

export interface TorchTensor extends HostArray {
  /** The element type in C++, such as `at::kFloat`, and in Python, such as `torch.float32`. */
  readonly atType: string
  readonly torchType: string
  readonly rank: number
}

export interface TorchOperator {
  readonly name: string
  /** The name of an array or size in the generated files. */
  readonly nameOf: (name: string) => string
  readonly inputs: readonly TorchTensor[]
  readonly outputs: readonly TorchTensor[]
  readonly workspaces: readonly TorchTensor[]
  /** Sizes that are read from a tensor shape, with the place. */
  readonly inferred: readonly (SizePlace & { readonly size: string })[]
  /** Sizes that are arguments, because no dimension of an input determines them. */
  readonly given: readonly string[]
  /** The requirements on sizes that keep the kernels and the CPU loops within their arrays. */
  readonly facts: readonly SizeFact[]
}

export interface SizeFact {
  readonly size: string
  /** The condition in C++. */
  readonly condition: string
  /** The condition in words: `a multiple of 32`. */
  readonly expected: string
  /** Whether the condition requires a multiple. */
  readonly divides: boolean
}

/** Words of packed codes are int32, because PyTorch lacks operations on uint32 and only the bits matter. */
const words = ['at::kInt', 'torch.int32'] as const

const types: Readonly<Record<ElementName, readonly [at: string, torch: string]>> = {
  f32: ['at::kFloat', 'torch.float32'],
  f16: ['at::kHalf', 'torch.float16'],
  bf16: ['at::kBFloat16', 'torch.bfloat16'],
  f8e4m3: ['at::kFloat8_e4m3fn', 'torch.float8_e4m3fn'],
  f8e5m2: ['at::kFloat8_e5m2', 'torch.float8_e5m2'],
  i32: words,
  u32: words,
  i8: ['at::kChar', 'torch.int8'],
  u8: ['at::kByte', 'torch.uint8'],
  i4: words,
  u4: words,
  i3: words,
  u3: words,
  i2: words,
  u2: words,
}

export function torchOperator(context: DropInContext): TorchOperator {
  const { compiled, kernel, printed } = context
  const nameOf = printed.names.of
  const tensors = hostArrays(context, nameOf).map((array): TorchTensor => {
    const [atType, torchType] = types[array.parameter.type.element]
    return { ...array, atType, torchType, rank: array.parameter.shape.length }
  })
  const inputs = tensors.filter(({ parameter }) => parameter.role === 'input')
  const places = compiled.sizes.map(({ name }) => ({ size: nameOf(name), place: placeOf(name, inputs) }))
  return {
    name: torchName(kernel.name),
    nameOf,
    inputs,
    outputs: tensors.filter(({ parameter }) => parameter.role === 'output'),
    workspaces: tensors.filter(({ isWorkspace }) => isWorkspace),
    inferred: places.flatMap(({ size, place }) => (place === undefined ? [] : [{ size, ...place }])),
    given: places.filter(({ place }) => place === undefined).map(({ size }) => size),
    facts: places.flatMap(({ size, place }, i) => [
      ...(place === undefined ? [{ size, condition: `${size} >= 0`, expected: 'at least 0', divides: false }] : []),
      ...factsOf(
        size,
        compiled.requires.filter(requirement => requirement.size === compiled.sizes[i]?.name),
      ),
    ]),
  }
}

function factsOf(size: string, requires: readonly SizeRequirement[]): SizeFact[] {
  const declared = requires.filter(({ isAssumed }) => isAssumed !== true)
  const most = Math.min(largestSize, ...declared.map(({ atMost = largestSize }) => atMost))
  return [
    { size, condition: `${size} <= ${most}`, expected: `at most ${most}`, divides: false },
    ...declared.flatMap(({ multipleOf = 1 }) =>
      multipleOf === 1
        ? []
        : [
            {
              size,
              condition: `${size} % ${multipleOf} == 0`,
              expected: `a multiple of ${multipleOf}`,
              divides: true,
            },
          ],
    ),
  ]
}

/** A dimension that determines a size. */
interface SizePlace {
  readonly tensor: string
  readonly dimension: number
  /** The dimension is this many times the size, such as the bytes per record if the size counts records. */
  readonly times?: number
}

/** Finds a dimension that is the size or a multiple of it. The last dimension of packed codes counts words, so it is skipped. */
function placeOf(size: string, inputs: readonly TorchTensor[]): SizePlace | undefined {
  for (const { name, parameter, isPacked } of inputs) {
    const dimension = parameter.shape.findIndex(
      (extent, i) =>
        typeof extent !== 'number' &&
        extent.size === size &&
        extent.dividedBy === 1 &&
        extent.plus === undefined &&
        !(isPacked && i === parameter.shape.length - 1),
    )
    const extent = parameter.shape[dimension]
    if (typeof extent === 'object')
      return { tensor: name, dimension, ...(extent.times === undefined ? {} : { times: extent.times }) }
  }
  return undefined
}

/** The dimensions of a tensor as expressions of sizes. The last dimension of packed codes counts words. */
export function torchShape(
  { parameter }: TorchTensor,
  { nameOf }: Pick<TorchOperator, 'nameOf'>,
  divide: '/' | '//',
): string[] {
  const { type, shape } = parameter
  const dims = shape.map(extent => extentText(extent, nameOf, divide))
  const last = dims.at(-1) as string
  return [...dims.slice(0, -1), pitchText(type, last.includes(' ') ? `(${last})` : last, divide)]
}
