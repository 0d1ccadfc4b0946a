import { block } from '../markers.ts'
import { qernel } from '../qernel.ts'

const kernel = 'int8_per_channel_quantize'

/** The output of `qernel explain` for a short schedule. */
export const explainExample = (): string =>
  shown(kernel, '--steps', 'tile(t=16,d=16)', '--cost', '--at', 'T=2048', '--at', 'D=128')

/** Its output about the passes after lowering. */
export const passesExample = (): string =>
  shown(
    kernel,
    '--steps',
    'tile(t=8,d=128) vectorize(d=4,access=1)',
    '--set',
    'D=128',
    '--target',
    'cuda',
    '--passes',
    '--after',
    'inline-copies',
  )

function shown(...args: string[]): string {
  const typed = args.map(arg => (/[()]/.test(arg) ? `'${arg}'` : arg)).join(' ')
  return block('', `$ qernel explain ${typed}\n${qernel('explain', ...args)}`)
}
