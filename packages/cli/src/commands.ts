import { accuracyCommand } from './commands/accuracy/command.ts'
import { benchCommand } from './commands/bench/command.ts'
import { checkCommand } from './commands/check/command.ts'
import { completionCommand } from './commands/completion/command.ts'
import { doctorCommand } from './commands/doctor/command.ts'
import { emitCommand } from './commands/emit/command.ts'
import { explainCommand } from './commands/explain/command.ts'
import { listCommand } from './commands/list/command.ts'
import { runCommand } from './commands/run/command.ts'
import { tuneCommand } from './commands/tune/command.ts'
import { verifyCommand } from './commands/verify/command.ts'
import type { AnyCommand } from './frame/command.ts'

/** The commands of `qernel`, in the order of its help. */
export const commands: readonly AnyCommand[] = [
  listCommand,
  emitCommand,
  verifyCommand,
  explainCommand,
  runCommand,
  checkCommand,
  benchCommand,
  tuneCommand,
  accuracyCommand,
  doctorCommand,
  completionCommand(() => commands),
]
