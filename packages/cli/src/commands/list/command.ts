import { defineCommand } from '../../frame/command.ts'
import { listOptions } from './options.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'List the kernels, schedules, transforms and targets.',
  positionals: [
    {
      name: 'SECTION',
      description: 'what to list (default: everything)',
      optional: true,
      choices: ['kernels', 'schedules', 'transforms', 'targets'],
    },
    {
      name: 'NAME',
      description:
        'one kernel or transform to describe, a kernel whose schedules to list, or a part of the names of kernels; a kernel may be FILE.kernel.ts#NAME',
      optional: true,
    },
  ],
  options: listOptions,
  examples: [
    { line: 'qernel list', does: 'list everything' },
    { line: 'qernel list transforms', does: 'list the transforms that schedules consist of' },
    {
      line: 'qernel list kernels int8_per_token --set D=128',
      does: 'describe one kernel: definition, types, schedules for this size',
    },
    { line: 'qernel list schedules int8_per_token', does: 'list the schedules of a kernel, with their steps' },
    { line: 'qernel list kernels group_symmetric_i4', does: 'list a family of kernels' },
    { line: 'qernel list transforms vectorize', does: 'describe one transform: its arguments and an example' },
    { line: 'qernel list kernels --json', does: 'list the kernels as JSON' },
  ],
  load: async () => (await import('./list.ts')).list,
})
