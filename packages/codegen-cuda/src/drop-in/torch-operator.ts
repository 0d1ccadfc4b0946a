/** What PyTorch sees of a kernel: a function of tensors, and of those sizes that no shape tells. */
import type { SizeRequirement } from '@qernel/codegen'
import type { ElementName } from '@qernel/dsl'
import { largestSize } from '@qernel/dsl/internal'
import { extentText, pitchText } from '../reference/host-array.ts'
import type { DropInContext } from './context.ts'
import { type HostArray, hostArrays } from './host-arrays.ts'
import { torchName } from './torch-names.ts'

export interface TorchTensor extends HostArray {
  /** As in `at::kFloat` and in `torch.float32`. */
  readonly atType: string
  readonly torchType: string
  readonly rank: number
}

export interface TorchOperator {
  readonly name: string
  /** What an array or a size of the kernel is called in the files. */
  readonly nameOf: (name: string) => string
  readonly inputs: readonly TorchTensor[]
  readonly outputs: readonly TorchTensor[]
  readonly workspaces: readonly TorchTensor[]
  /** Sizes that are read from a shape, and where. */
  readonly inferred: readonly (SizePlace & { readonly size: string })[]
  /** Sizes that are arguments, since no dimension of an input has that length. */
  readonly given: readonly string[]
  /** What sizes have to be, so that neither the kernels nor the loops of the CPU leave an array. */
  readonly facts: readonly SizeFact[]
}

export interface SizeFact {
  readonly size: string
  /** In C++. */
  readonly condition: string
  /** In words: `a multiple of 32`. */
  readonly expected: string
  /** Whether the size has to be a multiple of something. */
  readonly divides: boolean
}

/** Words of codes are int32: PyTorch has no operations on uint32, and only the bits count. */
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

/** A dimension that tells a size. */
interface SizePlace {
  readonly tensor: string
  readonly dimension: number
  /** How many times the size it is: bytes of a record, where there are as many records as the size says. */
  readonly times?: number
}

/** A dimension that is the size itself, or so many times the size; the last one of codes narrower than a byte counts words. */
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

/** The dimensions of a tensor as expressions of sizes; the last one of codes narrower than a byte counts words. */
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
