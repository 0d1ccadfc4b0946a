import { kernelOptions, multipleOption } from '../../arguments/kernel-options.ts'
import type { OptionSpecs } from '../../frame/command.ts'
import { targetChoices } from '../../targets.ts'

export const emitOptions = {
  target: { type: 'string', value: 'TARGET', choices: targetChoices, description: 'the language, needed' },
  ...kernelOptions,
  ...multipleOption,
  division: {
    type: 'string',
    value: 'HOW',
    choices: ['native', 'refined', 'integer'],
    description: "WGSL: the device's own a / b (default), corrected with a fused fma (NVIDIA), or exact on any device",
  },
  folds: {
    type: 'boolean',
    description: 'run at any number of workgroups, beyond the limit along a dimension, for a division or two a thread',
  },
  name: {
    type: 'string',
    value: 'NAME',
    description:
      'what the kernel is called in the files, so that several of one kernel (other schedules, sizes or types) go into one program',
  },
  header: {
    type: 'boolean',
    description: 'CUDA: a .cuh beside the source, which declares and documents the host function',
  },
  with: {
    type: 'string',
    value: 'PART',
    multiple: true,
    choices: ['main', 'torch', 'cmake', 'launcher'],
    description:
      'CUDA: beside the source and a header also a self-test with main(), a PyTorch extension, a CMakeLists.txt; WGSL: a TypeScript module around it that launches it',
  },
  seed: {
    type: 'string',
    value: 'N',
    description: 'what the random inputs of self-tests start from (default 1)',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    description:
      'write the source to a file, and what goes with it beside it: all whole, or none (default -, standard output)',
  },
  force: { type: 'boolean', description: 'replace files of these names that qernel did not make' },
} as const satisfies OptionSpecs
