import { kernelPositional } from '../../arguments/kernel-options.ts'
import { defineCommand } from '../../frame/command.ts'
import { emitOptions } from './options.ts'

export const emitCommand = defineCommand({
  name: 'emit',
  summary: 'Compile a kernel and print its source.',
  positionals: [kernelPositional],
  options: emitOptions,
  examples: [
    { line: 'qernel emit int8_per_channel --target wgsl --schedule vectorized', does: 'show the WGSL of a schedule' },
    {
      line: "qernel emit int8_per_channel_quantize --target cuda --steps 'tile(t=8,d=128) vectorize(d=4)' -o quantize.cu",
      does: 'compile your own steps to a CUDA file',
    },
    {
      line: 'qernel emit int8_per_channel_quantize --target wgsl --schedule best --multiple D=64',
      does: 'use the schedule for rows of any length that is a multiple of 64',
    },
    {
      line: 'qernel emit int8_per_channel_quantize --target wgsl --set D=128 --type x=f16',
      does: 'fix a size at compile time, and read f16',
    },
  ],
  load: async () => (await import('./emit.ts')).emit,
})
