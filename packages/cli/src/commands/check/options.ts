import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices, targetChoices } from '../../targets.ts'

export const checkOptions = {
  target: {
    type: 'string',
    value: 'TARGET',
    choices: targetChoices,
    description:
      'the target whose schedule is tested, if targets have different ones (default wgsl; cuda with --device cuda alone)',
  },
  ...kernelOptions,
  ...multipleOption,
  cases: {
    type: 'string',
    value: 'N',
    description: 'how many launches to test, each with different sizes and values (default 200)',
  },
  seed: {
    type: 'string',
    value: 'S',
    description: 'the same seed tests the same cases (default: a new seed each time)',
  },
  alone: { type: 'boolean', description: 'test the schedule as it is, without random legal steps after it' },
  device: {
    type: 'string',
    value: 'DEVICE',
    multiple: true,
    choices: deviceChoices,
    description: 'also run every case on this device, after the simulator',
  },
  adapter: { type: 'string', value: 'ADAPTER', description: 'hardware, software or part of the name of an adapter' },
  at: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description: 'test a single case: one of its sizes; goes with --values and --seed',
  },
  values: { type: 'string', value: 'CLASS', description: 'test a single case: its values, as reported by a failure' },
} as const satisfies OptionSpecs
