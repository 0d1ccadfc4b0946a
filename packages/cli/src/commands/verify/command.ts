import { defineCommand } from '../../frame/command.ts'
import { verifyOptions } from './options.ts'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Make a generated file again from its header, and compare.',
  positionals: [{ name: 'FILE', description: 'a file of qernel emit' }],
  options: verifyOptions,
  examples: [
    {
      line: 'qernel verify quantize.cu',
      does: 'identical, edited by hand (with the diff), or made by another version',
    },
  ],
  load: async () => (await import('./verify.ts')).verify,
})
