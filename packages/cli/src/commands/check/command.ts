import { defineCommand } from '../../frame/command.ts'
import { printedCommand } from '../../report/printed-command.ts'
import { checkOptions } from './options.ts'

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Try a schedule on random sizes, values and further steps, and shrink what comes out wrong.',
  positionals: [{ name: 'KERNEL', description: `the kernel, see ${printedCommand('list', 'kernels')}` }],
  options: checkOptions,
  examples: [
    {
      line: "qernel check int8_per_channel_quantize --steps 'tile(t=8,d=128) vectorize(d=4)' --cases 1000",
      does: 'the scheduled loops and the simulator against the reference',
    },
    { line: 'qernel check int8_per_token --schedule best --device webgpu', does: 'on a device too' },
    { line: 'qernel check int8_per_token --schedule best --target cuda', does: 'what qernel emit writes for CUDA' },
    {
      line: "qernel check int8_per_token --steps 'mine(t=4)' --plugin my-transform.ts --seed 7",
      does: 'a transform of your own; the same cases each time',
    },
  ],
  load: async () => (await import('./check.ts')).check,
})
