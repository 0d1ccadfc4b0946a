import { defineCommand } from '../../frame/command.ts'
import { benchOptions } from './options.ts'

export const benchCommand = defineCommand({
  name: 'bench',
  summary: 'Measure schedules against the ceiling of memory, in turns in one run, with every code verified.',
  positionals: [
    {
      name: 'KERNEL',
      description: 'one kernel (default: quantize, dequantize and scales per channel, and the per-token pass)',
      optional: true,
    },
  ],
  options: benchOptions,
  examples: [
    { line: 'qernel bench', does: 'the INT8 kernels on the GPU' },
    {
      line: "qernel bench int8_per_channel_quantize --sizes 131072x1024 --steps 'tile(t=4,d=1024) vectorize(d=4) coarsen(t=4)'",
      does: 'a schedule of your own',
    },
    {
      line: 'qernel bench --device webgpu --device cuda --peers peers.jsonl --svg bench.svg --json',
      does: 'both devices beside other implementations, for a program, with a drawing',
    },
    {
      line: 'qernel bench int8_per_token --steps-file schedules.txt --rows sweep.jsonl',
      does: 'many schedules for hours: the same command goes on where it was stopped',
    },
  ],
  load: async () => (await import('./bench.ts')).bench,
})
