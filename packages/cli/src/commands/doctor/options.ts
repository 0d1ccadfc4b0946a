import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

export const doctorOptions = {
  device: {
    type: 'string',
    value: 'DEVICE',
    choices: deviceChoices,
    description: 'the devices of WebGPU (default) or of the CUDA driver',
  },
  adapter: {
    type: 'string',
    value: 'ADAPTER',
    description:
      'hardware, software or part of the name of an adapter (default: hardware if there is any); for cuda a number or part of a name (default 0)',
  },
} as const satisfies OptionSpecs
