import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { targetChoices } from '../../targets.ts'

export const explainOptions = {
  target: {
    type: 'string',
    value: 'TARGET',
    choices: targetChoices,
    description: 'the target, which decides on repairs and limits (default wgsl)',
  },
  ...kernelOptions,
  ...multipleOption,
  cost: {
    type: 'boolean',
    description:
      'also count the bytes moved, compare them with the fewest possible, and estimate registers, resident threads and instructions',
  },
  passes: {
    type: 'boolean',
    description: 'list the passes that the target runs before printing, instead of the steps',
  },
  after: {
    type: 'string',
    value: 'PASS',
    description: 'show the device program after this pass, or after `lowering`, instead of the steps',
  },
  html: {
    type: 'string',
    value: 'FILE',
    description:
      'write a page instead (- is standard output): every step, which thread touches what, bytes, refused alternatives, the source',
  },
  force: { type: 'boolean', description: 'replace an existing file even if it is no page of this command' },
  at: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description: 'the value of a size that is not fixed, for counting (default about 1024)',
  },
} as const satisfies OptionSpecs
