import { defineCommand } from '../../frame/command.ts'
import { listOptions } from './options.ts'

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
      description: 'one of them: all about a kernel or a transform, or the schedules of a kernel',
      optional: true,
    },
  ],
  options: listOptions,
  examples: [
    { line: 'qernel list', does: 'list everything' },
    { line: 'qernel list transforms', does: 'list what a schedule is made of' },
    {
      line: 'qernel list kernels int8_per_token --set D=128',
      does: 'show one kernel: definition, types, schedules for the size',
    },
    { line: 'qernel list schedules int8_per_token', does: 'list the schedules of a kernel, with their steps' },
    { line: 'qernel list transforms vectorize', does: 'show one transform: arguments, and its example' },
    { line: 'qernel list kernels --json', does: 'list the kernels for a program' },
  ],
  load: async () => (await import('./list.ts')).list,
})
