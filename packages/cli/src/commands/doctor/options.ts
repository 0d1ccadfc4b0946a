import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

export const doctorOptions = {
  device: {
    type: 'string',
    value: 'DEVICE',
    choices: deviceChoices,
    description: 'whose devices: of WebGPU (default), or of the CUDA driver',
  },
  adapter: {
    type: 'string',
    value: 'ADAPTER',
    description:
      'hardware, software or a part of the name of an adapter (default hardware if there is any); of cuda a number or a part of a name (default 0)',
  },
} as const satisfies OptionSpecs
