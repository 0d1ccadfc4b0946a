import { kernelPositional } from '../../arguments/kernel-options.ts'
import { defineCommand } from '../../frame/command.ts'
import { explainOptions } from './options.ts'

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Show the loops of a kernel before and after every step of a schedule.',
  positionals: [kernelPositional],
  options: explainOptions,
  examples: [
    { line: 'qernel explain int8_per_channel_quantize --schedule vectorized', does: 'show what each step changes' },
    {
      line: 'qernel explain int8_per_channel --schedule coarsened --cost --at T=131072',
      does: 'count the bytes that it moves',
    },
    {
      line: "qernel explain int8_per_channel_quantize --steps 'tile(t=8,d=128)' --target cuda",
      does: 'show your own steps on CUDA, where words need no owner',
    },
  ],
  load: async () => (await import('./explain.ts')).explain,
})
