import { kernelOptions, pluginOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'

export const listOptions = {
  set: {
    ...kernelOptions.set,
    description: 'a size that is fixed at compile time: show the schedules for it',
  },
  ...pluginOption,
} as const satisfies OptionSpecs
