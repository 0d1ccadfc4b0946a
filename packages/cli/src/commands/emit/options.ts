import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { targetChoices } from '../../targets.ts'

export const emitOptions = {
  target: { type: 'string', value: 'TARGET', choices: targetChoices, description: 'the language to print (required)' },
  ...kernelOptions,
  ...multipleOption,
  division: {
    type: 'string',
    value: 'HOW',
    choices: ['native', 'refined', 'integer'],
    description:
      "WGSL only: the device's own a / b (default), corrected with a fused fma (NVIDIA), or exact on any device",
  },
  folds: {
    type: 'boolean',
    description:
      'support any number of workgroups, beyond the limit along a dimension, at the cost of one or two divisions per thread',
  },
  name: {
    type: 'string',
    value: 'NAME',
    description:
      'the name of the kernel in the files, so that several variants of one kernel (schedules, sizes, types) fit into one program',
  },
  header: {
    type: 'boolean',
    description: 'CUDA only: also write a .cuh that declares and documents the host function',
  },
  with: {
    type: 'string',
    value: 'PART',
    multiple: true,
    choices: ['main', 'torch', 'cmake', 'launcher'],
    description:
      'CUDA: also write a header and a self-test with main(), a PyTorch extension, or a CMakeLists.txt; WGSL: a TypeScript module that contains and launches it',
  },
  seed: {
    type: 'string',
    value: 'N',
    description: 'the seed for the random inputs of self-tests (default 1)',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    description: 'write the source to this file and the rest beside it, all files or none (default -, standard output)',
  },
  force: {
    type: 'boolean',
    description: 'replace existing files even if qernel did not generate them, or somebody edited them',
  },
} as const satisfies OptionSpecs
