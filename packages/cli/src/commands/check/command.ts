import { kernelPositional } from '../../arguments/kernel-options.ts'
import { defineCommand } from '../../frame/command.ts'
import { checkOptions } from './options.ts'

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Test a schedule on random sizes, values and further steps, and shrink failures.',
  positionals: [kernelPositional],
  options: checkOptions,
  examples: [
    {
      line: "qernel check int8_per_channel_quantize --steps 'tile(t=8,d=128) vectorize(d=4)' --cases 1000",
      does: 'compare the scheduled loops and the simulator with the reference',
    },
    { line: 'qernel check int8_per_token --schedule best --device webgpu', does: 'also test on a device' },
    {
      line: 'qernel check int8_per_token --schedule best --target cuda',
      does: 'test what qernel emit writes for CUDA',
    },
    {
      line: "qernel check int8_per_token --steps 'mine(t=4)' --plugin my-transform.ts --seed 7",
      does: 'test your own transform, with the same cases each time',
    },
  ],
  load: async () => (await import('./check.ts')).check,
})
