import { parseKernelText } from '@qernel/kernel-file/text'
import { printStep } from '@qernel/schedule'
import { expect, it } from 'vitest'
import { kernelFile } from '../src/page/kernel-file.ts'

const text = `import { f32, kernel } from '@qernel/dsl/source'

const shown = 2

export const halved = kernel('halved', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t) / shown)
})
`

it('is a kernel file whose last export is the schedule', () => {
  const steps = ['tile(t=64)', 'vectorize(t=4)']
  const file = kernelFile({ text, name: 'halved', set: {}, fixed: { T: 64 }, steps, file: 'halved.kernel.ts' })
  expect(file).toContain('npx qernel emit halved.kernel.ts#halved --target cuda --schedule shown2 --set T=64\n')
  const { schedules } = parseKernelText({ path: 'halved.kernel.ts', text: file }).read('halved')
  expect(schedules.map(one => [one.name, ...one.steps.map(printStep)])).toEqual([['shown2', ...steps]])
})

it('says where the files are that it imports from the library', () => {
  const importing = `import { reciprocalOrZero } from './reciprocal.ts'\n${text}`
  const file = kernelFile({ text: importing, name: 'halved', set: {}, fixed: {}, steps: [], file: 'halved.kernel.ts' })
  expect(file).toContain("from './node_modules/@qernel/kernels/library/reciprocal.ts'")
  expect(file).toContain('keep it where node_modules/@qernel/kernels is installed')
})
