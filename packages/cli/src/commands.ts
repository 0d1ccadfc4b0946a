import type { AnyCommand } from './frame/command.ts'

/** The commands of `qernel`, in the order of its help. */
export const commands: readonly AnyCommand[] = []
