import { kernelOptions } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'

export const emitOptions = {
  target: { type: 'string', value: 'TARGET', choices: ['wgsl', 'cuda'], description: 'the language, needed' },
  ...kernelOptions,
  division: {
    type: 'string',
    value: 'HOW',
    choices: ['native', 'refined', 'integer'],
    description: "WGSL: the device's own a / b (default), corrected with a fused fma (NVIDIA), or exact on any device",
  },
  folds: {
    type: 'boolean',
    description: 'run at any number of workgroups, beyond the limit along a dimension, for a division or two a thread',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    description: 'write the source to a file, whole or not at all (default standard output)',
  },
} as const satisfies OptionSpecs
