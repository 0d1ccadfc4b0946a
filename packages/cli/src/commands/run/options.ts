import { kernelOptions } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { deviceChoices } from '../../targets.ts'

export const runOptions = {
  input: {
    type: 'string',
    short: 'i',
    value: 'NAME=FILE',
    multiple: true,
    description:
      'an input: NAME=FILE.npy or NAME=FILE.safetensors#TENSOR, optionally followed by a selection such as [0:512]',
  },
  reshape: {
    type: 'string',
    value: 'NAME=EXTENTS',
    multiple: true,
    description:
      'a new shape for an input, with the same elements in the same order: x=2048,1,128 turns each row into one head',
  },
  ...kernelOptions,
  device: {
    type: 'string',
    value: 'DEVICE',
    choices: [...deviceChoices, 'reference'],
    description:
      'where to run (default webgpu); cuda is an NVIDIA GPU through its own driver; reference interprets the scheduled loop nest and needs no device',
  },
  adapter: {
    type: 'string',
    value: 'ADAPTER',
    description:
      'hardware, software or part of the name of an adapter (default: hardware if there is any); for cuda a number or part of a name (default 0)',
  },
  out: { type: 'string', value: 'DIR', description: 'write every output to this folder, as NAME.npy' },
  repeats: {
    type: 'string',
    value: 'N',
    description: 'how many launches to time (default 10, or 1 on a software adapter)',
  },
} as const satisfies OptionSpecs
