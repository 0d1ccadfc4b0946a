import { defineCommand } from '../../frame/command.ts'
import { benchOptions } from './options.ts'

export const benchCommand = defineCommand({
  name: 'bench',
  summary: 'Measure schedules, interleaved with the memory bandwidth ceiling, and verify every code.',
  positionals: [
    {
      name: 'KERNEL',
      description: 'one kernel (default: quantize, dequantize and scales per channel, and the per-token pass)',
      optional: true,
      files: '.kernel.ts',
    },
  ],
  options: benchOptions,
  examples: [
    { line: 'qernel bench', does: 'the INT8 kernels on the GPU' },
    {
      line: "qernel bench int8_per_channel_quantize --sizes 131072x1024 --steps 'tile(t=4,d=1024) vectorize(d=4) coarsen(t=4)'",
      does: 'measure your own schedule',
    },
    {
      line: 'qernel bench --device webgpu --device cuda --peers peers.jsonl --svg bench.svg --json',
      does: 'compare both devices with other implementations, as JSON and as a drawing',
    },
    {
      line: 'qernel bench int8_per_token --steps-file schedules.txt --rows sweep.jsonl',
      does: 'measure many schedules for hours; run the same command again to resume',
    },
  ],
  load: async () => (await import('./bench.ts')).bench,
})
