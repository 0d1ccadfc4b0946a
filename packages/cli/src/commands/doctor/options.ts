import type { OptionSpecs } from '../../frame/command.ts'

export const doctorOptions = {
  adapter: {
    type: 'string',
    value: 'ADAPTER',
    description: 'hardware, software or a part of the name of an adapter (default hardware if there is any)',
  },
} as const satisfies OptionSpecs
