import type { OptionSpecs } from '../../frame/command.ts'

export const completionOptions = {} as const satisfies OptionSpecs
