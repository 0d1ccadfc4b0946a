import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { targetChoices } from '../../targets.ts'

export const explainOptions = {
  target: {
    type: 'string',
    value: 'TARGET',
    choices: targetChoices,
    description: 'the target, which decides about repairs and limits (default wgsl)',
  },
  ...kernelOptions,
  ...multipleOption,
  cost: { type: 'boolean', description: 'also count the bytes moved, against the fewest possible' },
  passes: {
    type: 'boolean',
    description: 'list what the target makes of the program before it is printed, instead of the steps',
  },
  after: {
    type: 'string',
    value: 'PASS',
    description: 'show the device program after a pass, or as it is lowered (`lowering`), instead of the steps',
  },
  html: {
    type: 'string',
    value: 'FILE',
    description:
      'write a page instead (- is standard output): every step, who touches what, bytes, refused alternatives, the source',
  },
  at: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description: 'a size to count at, where it is not fixed (default about 1024)',
  },
} as const satisfies OptionSpecs
