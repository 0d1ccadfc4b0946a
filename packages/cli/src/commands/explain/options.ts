import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'

export const explainOptions = {
  target: {
    type: 'string',
    value: 'TARGET',
    choices: ['wgsl', 'cuda'],
    description: 'the target, which decides about repairs and limits (default wgsl)',
  },
  ...kernelOptions,
  ...multipleOption,
  cost: { type: 'boolean', description: 'also count the bytes moved, against the fewest possible' },
  html: {
    type: 'string',
    value: 'FILE',
    description: 'write a page instead: every step, who touches what, bytes, refused alternatives, the source',
  },
  at: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description: 'a size to count at, where it is not fixed (default about 1024)',
  },
} as const satisfies OptionSpecs
