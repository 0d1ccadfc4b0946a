/** The names of the library appear unchanged in generated files: nobody has to read `scale_` or `int8_per_token_`. */
import { isPlainName } from '@qernel/codegen/internal'
import { kernelLibrary } from '@qernel/kernels'
import { expect, test } from 'vitest'

test.each(kernelLibrary.map(({ name, define }) => [name, define()] as const))(
  'the names in %s stay unchanged',
  (name, kernel) => {
    const names = [
      name,
      ...kernel.sizes.map(size => size.name),
      ...kernel.tensors.map(tensor => tensor.name),
      ...kernel.stages.map(stage => `${name}_${stage.name ?? stage.tensor}`),
    ]
    expect(names.filter(each => !isPlainName(each))).toEqual([])
  },
)
