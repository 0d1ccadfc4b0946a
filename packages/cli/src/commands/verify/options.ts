import type { OptionSpecs } from '../../frame/command.ts'

export const verifyOptions = {} as const satisfies OptionSpecs
