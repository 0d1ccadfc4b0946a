import { kernelOptions, pluginOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'

export const listOptions = {
  set: {
    ...kernelOptions.set,
    description: 'a size that is known when compiling: the schedules of a kernel for it',
  },
  ...pluginOption,
} as const satisfies OptionSpecs
