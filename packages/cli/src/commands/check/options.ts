import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices, targetChoices } from '../../targets.ts'

export const checkOptions = {
  target: {
    type: 'string',
    value: 'TARGET',
    choices: targetChoices,
    description: 'whose schedule is tried, where it is another for each (default wgsl; cuda with --device cuda alone)',
  },
  ...kernelOptions,
  ...multipleOption,
  cases: {
    type: 'string',
    value: 'N',
    description: 'launches to try, each at other sizes with other values (default 200)',
  },
  seed: {
    type: 'string',
    value: 'S',
    description: 'the same seed tries the same cases (default another one each time)',
  },
  alone: { type: 'boolean', description: 'the schedule as it is: no random legal steps behind it' },
  device: {
    type: 'string',
    value: 'DEVICE',
    multiple: true,
    choices: deviceChoices,
    description: 'run every case there as well, after the simulator',
  },
  adapter: { type: 'string', value: 'ADAPTER', description: 'hardware, software or a part of the name of an adapter' },
  at: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description: 'one case alone: a size; --values and --seed go with it',
  },
  values: { type: 'string', value: 'CLASS', description: 'one case alone: its values, as a failure tells them' },
} as const satisfies OptionSpecs
