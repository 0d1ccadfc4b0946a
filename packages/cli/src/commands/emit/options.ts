import { kernelOptions } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'

export const emitOptions = {
  target: { type: 'string', value: 'TARGET', choices: ['wgsl', 'cuda'], description: 'the language, needed' },
  ...kernelOptions,
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    description: 'write the source to a file, whole or not at all (default standard output)',
  },
} as const satisfies OptionSpecs
