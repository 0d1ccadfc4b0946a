import { kernelOptions } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

export const runOptions = {
  input: {
    type: 'string',
    short: 'i',
    value: 'NAME=FILE',
    multiple: true,
    description: 'an input: NAME=FILE.npy or NAME=FILE.safetensors#TENSOR, then perhaps a part of it, as [0:512]',
  },
  reshape: {
    type: 'string',
    value: 'NAME=EXTENTS',
    multiple: true,
    description: 'other axes for an input, the same elements in the same order: x=2048,1,128 makes one head of a row',
  },
  ...kernelOptions,
  device: {
    type: 'string',
    value: 'DEVICE',
    choices: [...deviceChoices, 'reference'],
    description:
      'what runs it (default webgpu); cuda is an NVIDIA GPU by its own driver; reference interprets the scheduled loop nest and needs no device',
  },
  adapter: {
    type: 'string',
    value: 'ADAPTER',
    description:
      'hardware, software or a part of the name of an adapter (default hardware if there is any); of cuda a number or a part of a name (default 0)',
  },
  out: { type: 'string', value: 'DIR', description: 'write every output there, as NAME.npy' },
  repeats: {
    type: 'string',
    value: 'N',
    description: 'how many launches are timed (default 10, 1 on a software adapter)',
  },
} as const satisfies OptionSpecs
