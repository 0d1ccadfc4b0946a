import { f32, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { dropIn } from '../src/index.ts'

const copy = (summary?: string) =>
  kernel(
    'copy',
    ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('y', f32, { n: N }, n => x(n))
    },
    summary,
  )

test.each([
  [undefined, '"""copy\n'],
  ['says "1 \\ d"', '"""says \\"1 \\\\ d\\"\n'],
  ['"""', '"""\\"\\"\\"\n'],
])('the docstring of a kernel with the summary %s is one of Python', (summary, says) => {
  const { files } = dropIn(copy(summary), [], { base: 'k', parts: ['torch'], seed: 1 })
  const python = files.find(({ name }) => name === 'k_torch.py')?.source
  expect(python?.split(says)).toHaveLength(3)
})
