import { kernelPositional } from '../../arguments/kernel-options.ts'
import { defineCommand } from '../../frame/command.ts'
import { runOptions } from './options.ts'

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Run a kernel on arrays and compare it with the reference, bit for bit.',
  positionals: [kernelPositional],
  options: runOptions,
  examples: [
    {
      line: 'qernel run int8_per_channel --input x=keys.npy --schedule vectorized --out quantized',
      does: 'quantize an array and write codes and scales as .npy files',
    },
    {
      line: 'qernel run int8_per_channel_dequantize --input q=quantized/q.npy --input scale=quantized/scale.npy --out restored',
      does: 'dequantize them again',
    },
    {
      line: "qernel run int8_per_channel --input 'x=kv.safetensors#layers.0.key[0]' --device reference",
      does: 'quantize one head of a key cache, without a device',
    },
  ],
  load: async () => (await import('./run.ts')).run,
})
