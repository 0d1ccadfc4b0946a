import { defineCommand } from '../../frame/command.ts'
import { accuracyOptions } from './options.ts'

export const accuracyCommand = defineCommand({
  name: 'accuracy',
  summary: 'Measure the error of every quantizer, on uniform data, on a real cache, and at published sizes.',
  positionals: [{ name: 'KERNEL', description: 'a single quantizer, without the published sizes', optional: true }],
  options: accuracyOptions,
  examples: [
    { line: 'qernel accuracy', does: 'all quantizers, and the sizes of arXiv 2601.04719' },
    { line: 'qernel accuracy kivi_key_u2 --tokens 2048', does: 'one quantizer on more of the data' },
    { line: 'qernel accuracy --cache kv.safetensors --json', does: 'on your own cache, as JSON' },
  ],
  load: async () => (await import('./accuracy.ts')).accuracy,
})
