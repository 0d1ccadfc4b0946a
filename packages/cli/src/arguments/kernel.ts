import { affine, type Kernel, type StorageType } from '@qernel/dsl'
import { findKernel, type LibraryKernel, listKernels } from '@qernel/kernels'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import { printedCommand } from '../report/printed-command.ts'
import { isKernelFile, type KernelArgument, kernelOfFile } from './kernel-file.ts'

/**
 * The kernel of the library with the name KERNEL, or of a file, `./mine.kernel.ts#halved`, whose compile-time parameters are among the options `--set`.
 * @throws UsageError
 */
export async function kernelArgument<Options extends { readonly set: readonly string[] }>(
  name: string,
  options: Options,
): Promise<KernelArgument<Options>> {
  if (isKernelFile(name)) return kernelOfFile(name, options)
  const found = findKernel(name)
  if (found !== undefined) return { library: found, options }
  const names = listKernels().map(each => each.name)
  throw unknownName('kernel', name, names, {
    hint: `see ${printedCommand('list', 'kernels')}; a kernel of your own is FILE.kernel.ts#NAME, or comes with --plugin FILE`,
  })
}

/**
 * Reads `--type x=f16`: the storage type of the kernel's float tensor; undefined if the option is not given.
 * @throws UsageError
 */
export function elementTypeOption(text: string | undefined, kernel: LibraryKernel): StorageType | undefined {
  if (text === undefined) return undefined
  const where = `--type ${text}`
  const { tensor, types } = kernel.element
  const allowed = types.map(type => `${tensor}=${type.name}`)
  const [name = '', given, ...rest] = text.split('=')
  if (given === undefined || rest.length > 0) {
    throw new UsageError({ what: `'${text}' is not of the form TENSOR=TYPE`, where, allowed })
  }
  if (name !== tensor) {
    const fixed = kernel.define().tensors.find(each => each.name === name)
    if (fixed === undefined) throw unknownName('tensor', name, [tensor], { where })
    throw new UsageError({ what: `the type of ${name} cannot be chosen: it is ${fixed.type.name}`, where, allowed })
  }
  const type = types.find(each => each.name === given)
  if (type !== undefined) return type
  throw unknownName(
    `type of ${tensor}`,
    given,
    types.map(each => each.name),
    { where },
  )
}

/** `x: f32 [T, D]` */
export function tensorText({ name, type, dims }: Kernel['tensors'][number]): string {
  return `${name}: ${type.name} [${dims.map(extentText).join(', ')}]`
}

/** `D`, `D/32` (rounded up), `D+4` or `16`. */
export const extentText = affine.printExtent
