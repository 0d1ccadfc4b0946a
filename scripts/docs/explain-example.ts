import { block } from './markers.ts'
import { qernel } from './qernel.ts'

/** What `qernel explain` prints for a short schedule. */
export function explainExample(): string {
  const args = ['int8_per_channel_quantize', '--steps', 'tile(t=16,d=16)', '--cost', '--at', 'T=2048', '--at', 'D=128']
  const typed = args.map(arg => (/[()]/.test(arg) ? `'${arg}'` : arg)).join(' ')
  return block('', `$ qernel explain ${typed}\n${qernel('explain', ...args)}`)
}
