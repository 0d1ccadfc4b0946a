import { defineCommand } from '../../frame/command.ts'
import { printedCommand } from '../../report/printed-command.ts'
import { emitOptions } from './options.ts'

export const emitCommand = defineCommand({
  name: 'emit',
  summary: 'Print the source that a kernel compiles to.',
  positionals: [{ name: 'KERNEL', description: `the kernel, see ${printedCommand('list', 'kernels')}` }],
  options: emitOptions,
  examples: [
    { line: 'qernel emit int8_per_channel --target wgsl --schedule vectorized', does: 'show the WGSL of a schedule' },
    {
      line: "qernel emit int8_per_channel_quantize --target cuda --steps 'tile(t=8,d=128) vectorize(d=4)' -o quantize.cu",
      does: 'write the CUDA of steps of your own to a file',
    },
    {
      line: 'qernel emit int8_per_channel_quantize --target wgsl --schedule best --multiple D=64',
      does: 'the schedule for rows that are multiples of 64, whatever their length',
    },
    {
      line: 'qernel emit int8_per_channel_quantize --target wgsl --set D=128 --type x=f16',
      does: 'fix a size, and read f16',
    },
  ],
  load: async () => (await import('./emit.ts')).emit,
})
