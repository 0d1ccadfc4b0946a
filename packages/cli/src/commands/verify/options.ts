import { pluginOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'

export const verifyOptions = pluginOption satisfies OptionSpecs
