import { pluginOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

export const benchOptions = {
  sizes: {
    type: 'string',
    value: 'TxD,…',
    description:
      'tokens × channels, several by commas (default 131072x1024,131072x8192; 512x1024 on a software adapter)',
  },
  set: { type: 'string', value: 'SIZE=N', multiple: true, description: 'another size of the kernel, as H=8' },
  type: {
    type: 'string',
    value: 'TENSOR=TYPE',
    multiple: true,
    description: 'the storage type of the float tensor, as x=f16; several are measured one after another',
  },
  schedule: {
    type: 'string',
    value: 'NAME|FILE.json',
    multiple: true,
    description: 'a schedule to measure (default all named ones, and best)',
  },
  steps: { type: 'string', value: 'TEXT', multiple: true, description: 'a schedule to measure, written out' },
  'steps-file': {
    type: 'string',
    value: 'FILE',
    description: 'schedules to measure, one a line; lines that begin with # are comments, and - is standard input',
  },
  device: {
    type: 'string',
    value: 'DEVICE',
    multiple: true,
    choices: deviceChoices,
    description: 'what runs it (default webgpu); both for a comparison',
  },
  adapter: { type: 'string', value: 'ADAPTER', description: 'hardware, software or a part of the name of an adapter' },
  rounds: {
    type: 'string',
    value: 'N',
    description: 'turns that each schedule takes (default 6, 2 on a software adapter)',
  },
  repeats: { type: 'string', value: 'N', description: 'launches per turn (default 5, 1 on a software adapter)' },
  peers: {
    type: 'string',
    value: 'FILE.jsonl',
    description:
      'rows of other implementations to stand beside: kind, name, size, dtype, ms, TBps, one object per line',
  },
  cpu: { type: 'boolean', description: 'time the quantizer on one CPU thread too: column by column, and row by row' },
  rows: {
    type: 'string',
    value: 'FILE.jsonl',
    description: 'append every result as soon as it is known, and take from there what an earlier run measured alike',
  },
  svg: { type: 'string', value: 'FILE', description: 'draw bandwidth by size, and the roofline' },
  note: { type: 'string', value: 'TEXT', description: 'kept in the results: a commit, a machine' },
  ...pluginOption,
} as const satisfies OptionSpecs
