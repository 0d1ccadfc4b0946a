import { defineCommand } from '../../frame/command.ts'
import { verifyOptions } from './options.ts'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Regenerate a file from its header and compare.',
  positionals: [{ name: 'FILE', description: 'a file that qernel emit wrote' }],
  options: verifyOptions,
  examples: [
    {
      line: 'qernel verify quantize.cu',
      does: 'tell whether the file is identical, edited by hand (with a diff), or made by another version',
    },
  ],
  load: async () => (await import('./verify.ts')).verify,
})
