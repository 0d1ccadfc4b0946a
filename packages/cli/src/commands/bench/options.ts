import { databaseOption, pluginOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

export const benchOptions = {
  sizes: {
    type: 'string',
    value: 'TxD,…',
    description:
      'tokens × channels, separated by commas (default 131072x1024,131072x8192; 512x1024 on a software adapter)',
  },
  set: { type: 'string', value: 'SIZE=N', multiple: true, description: 'any other size of the kernel, such as H=8' },
  type: {
    type: 'string',
    value: 'TENSOR=TYPE',
    multiple: true,
    description: 'the storage type of the float tensor, such as x=f16; if repeated, each is measured in turn',
  },
  schedule: {
    type: 'string',
    value: 'NAME|FILE.json',
    multiple: true,
    description:
      'a schedule to measure; tuned is the one found for the device (default: all named schedules, and best)',
  },
  ...databaseOption,
  steps: { type: 'string', value: 'TEXT', multiple: true, description: 'a schedule to measure, as text' },
  'steps-file': {
    type: 'string',
    value: 'FILE',
    description: 'schedules to measure, one per line; lines that begin with # are comments, and - is standard input',
  },
  device: {
    type: 'string',
    value: 'DEVICE',
    multiple: true,
    choices: deviceChoices,
    description: 'where to run (default webgpu); name both to compare them',
  },
  adapter: { type: 'string', value: 'ADAPTER', description: 'hardware, software or part of the name of an adapter' },
  rounds: {
    type: 'string',
    value: 'N',
    description: 'turns per schedule (default 6, or 2 on a software adapter)',
  },
  repeats: { type: 'string', value: 'N', description: 'launches per turn (default 5, or 1 on a software adapter)' },
  peers: {
    type: 'string',
    value: 'FILE.jsonl',
    description:
      'results of other implementations to compare with: kind, name, size, dtype, ms, TBps, one object per line',
  },
  cpu: { type: 'boolean', description: 'also time the quantizer on one CPU thread, column by column and row by row' },
  rows: {
    type: 'string',
    value: 'FILE.jsonl',
    description: 'save every result immediately, and reuse what an earlier run has measured under the same conditions',
  },
  deadline: {
    type: 'string',
    value: 'TIME',
    description:
      'how long a turn, or the compilation of a schedule, may take at least (default 10s and 60s; 60s for both on a software adapter)',
  },
  svg: { type: 'string', value: 'FILE', description: 'draw bandwidth by size and the roofline' },
  note: {
    type: 'string',
    value: 'TEXT',
    description: 'a note to keep with the results, such as a commit or a machine',
  },
  ...pluginOption,
} as const satisfies OptionSpecs
