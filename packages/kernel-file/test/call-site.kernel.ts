/** A script that makes a kernel, and asks for what the compiler makes of it. */
import { f32, kernel } from '@qernel/dsl/source'
import { loadKernel } from '@qernel/kernel-file'

interface Unused {
  readonly lines: string
}

const doubled = kernel('doubled', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => 2 * x(t))
})

const { kernel: lowered } = await loadKernel(doubled)
process.stdout.write(`${lowered.name}\n`)

export type { Unused }
