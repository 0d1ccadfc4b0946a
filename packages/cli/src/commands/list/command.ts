import { pluginOption } from '../../arguments/kernel-options.ts'
import { defineCommand } from '../../frame/command.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'List the kernels, schedules, transforms and targets.',
  positionals: [
    {
      name: 'SECTION',
      description: 'what to list; without it everything',
      optional: true,
      choices: ['kernels', 'schedules', 'transforms', 'targets'],
    },
    {
      name: 'NAME',
      description: 'schedules of one kernel, those written for it included; or all about one transform',
      optional: true,
    },
  ],
  options: pluginOption,
  examples: [
    { line: 'qernel list', does: 'list everything' },
    { line: 'qernel list transforms', does: 'list what a schedule is made of' },
    { line: 'qernel list schedules int8_per_token', does: 'list the schedules of a kernel, with their steps' },
    { line: 'qernel list transforms vectorize', does: 'show one transform: arguments, and its example' },
    { line: 'qernel list kernels --json', does: 'list the kernels for a program' },
  ],
  load: async () => (await import('./list.ts')).list,
})
