import { positionIn } from '@qernel/acceptance'
import { f32, integerRange, type Kernel, type StorageType, type Tensor, u8 } from '@qernel/dsl'
import { codecOf, isNarrowFloat, logicalValues, stored } from '@qernel/dsl/internal'
import type { LibraryKernel } from '@qernel/kernels'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import { type InputSpec, parseInputSpec, readInput } from './input-spec.ts'
import { tensorText } from './kernel.ts'

/**
 * Reads the texts after `--input` and checks that they name every input of the kernel once. Touches no file.
 * @throws UsageError
 */
export function inputOptions(texts: readonly string[], kernel: Kernel): readonly InputSpec[] {
  const wanted = kernel.tensors.filter(({ role }) => role === 'input')
  const specs = texts.map(parseInputSpec)
  for (const [index, { name }] of specs.entries()) {
    const where = `--input ${texts[index]}`
    if (!wanted.some(each => each.name === name)) {
      const names = wanted.map(each => each.name)
      throw unknownName('input', name, names, { where })
    }
    if (specs.findIndex(each => each.name === name) !== index) {
      throw new UsageError({ what: `input ${name} is given twice`, where })
    }
  }
  const missing = wanted.filter(({ name }) => !specs.some(spec => spec.name === name))
  if (missing.length > 0) {
    throw new UsageError({
      what: `${kernel.name} needs the ${missing.length === 1 ? 'input' : 'inputs'} ${missing.map(tensorText).join(' and ')}`,
      where: '--input',
      allowed: missing.map(({ name }) => `--input ${name}=FILE.npy`),
    })
  }
  return specs
}

/**
 * Reads the files.
 * @throws UsageError
 */
export async function readInputs(specs: readonly InputSpec[]): Promise<ReadonlyMap<string, Tensor>> {
  const inputs = new Map<string, Tensor>()
  for (const spec of specs) inputs.set(spec.name, await readInput(spec))
  return inputs
}

/**
 * The inputs as the kernel takes them. No file format has integers narrower than a byte, and .npy has no narrow floats
 * except f16, so those come in wider types, as `run --out` writes them; an 8-bit float may also come as its bits, in
 * bytes.
 * @throws UsageError that names the first element that the type of the input cannot hold
 */
export function fittedInputs(kernel: Kernel, inputs: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map(
    [...inputs].map(([name, given]) => {
      const type = kernel.tensors.find(tensor => tensor.name === name)?.type ?? given.type
      if (type === given.type) return [name, given]
      if (isNarrowFloat(type) && type.bits === 8 && given.type === u8) return [name, fromBits(given, type)]
      const isFitting = type.kind === 'float' ? isNarrowFloat(type) && given.type === f32 : given.type.kind !== 'float'
      return [name, isFitting ? fitted(name, given, type) : given]
    }),
  )
}

function fromBits({ shape, data }: Tensor, type: StorageType): Tensor {
  const { decode } = codecOf(type)
  return { type, shape, data: Float32Array.from(data, decode) }
}

function fitted(name: string, { type: inFile, shape, data: given }: Tensor, type: StorageType): Tensor {
  const data = logicalValues(type, given.length)
  const held = holderOf(type)
  for (const [i, value] of given.entries()) {
    if (!held.holds(value))
      throw new UsageError({
        what: `${name}[${positionIn(shape, i).join(', ')}] is ${value} in a file of ${inFile.name}, and ${name} is ${type.name}`,
        where: `--input ${name}`,
        allowed: held.allowed,
      })
    data[i] = value
  }
  return { type, shape, data }
}

/** Whether a type can hold a value. */
function holderOf(type: StorageType): { readonly holds: (value: number) => boolean; readonly allowed: string } {
  if (type.kind === 'float') {
    const round = stored(type)
    return { holds: value => Object.is(round(value), value), allowed: `values that ${type.name} has` }
  }
  const { low, high } = integerRange(type)
  return { holds: value => value >= low && value <= high, allowed: `values from ${low} to ${high}` }
}

/**
 * The storage type of the kernel's float tensor: if it is an input, the type of the file, so that an f16 file runs the
 * f16 kernel.
 * @param asked the type given by `--type`
 * @throws UsageError if the kernel does not accept the type of the file, or `--type` asks for another
 */
export function elementTypeOf(
  library: LibraryKernel,
  inputs: ReadonlyMap<string, Tensor>,
  asked: StorageType | undefined,
): StorageType | undefined {
  const { tensor, types } = library.element
  const given = inputs.get(tensor)?.type
  if (given === undefined) return asked
  const where = `--input ${tensor}`
  if (!types.includes(given)) {
    const allowed = types.map(type => type.name)
    throw new UsageError({ what: `input ${tensor} of ${library.name} is ${given.name}`, where, allowed })
  }
  if (asked !== undefined && asked !== given) {
    throw new UsageError({ what: `--type asks for ${asked.name}, but the file holds ${given.name}`, where })
  }
  return given
}
