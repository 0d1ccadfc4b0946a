import { type AnyCommand, defineCommand } from '../../frame/command.ts'
import { completionOptions } from './options.ts'

/** @param all the commands to complete, including this one */
export const completionCommand = (all: () => readonly AnyCommand[]) =>
  defineCommand({
    name: 'completion',
    summary: 'Print a script that makes your shell complete commands, options and kernels.',
    positionals: [{ name: 'SHELL', description: 'the shell', choices: ['bash', 'zsh', 'fish'] }],
    options: completionOptions,
    examples: [
      { line: 'source <(qernel completion bash)', does: 'in ~/.bashrc' },
      { line: 'qernel completion zsh > "$fpath[1]/_qernel"', does: 'once, for zsh' },
      { line: 'qernel completion fish > ~/.config/fish/completions/qernel.fish', does: 'once, for fish' },
    ],
    load: async () => (await import('./completion.ts')).completionOf(all()),
  })
