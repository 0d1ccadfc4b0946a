import type { OptionSpecs, PositionalSpec } from '../frame/command.ts'
import { printedCommand } from '../report/printed-command.ts'

/** The kernel of every command that compiles one. */
export const kernelPositional: PositionalSpec = {
  name: 'KERNEL',
  description: `a kernel of the library, see ${printedCommand('list', 'kernels')}, or of a TypeScript file: FILE.kernel.ts#NAME`,
  files: '.kernel.ts',
}

/** Modules of plug-ins, loaded before the command reads anything else. */
export const pluginOption = {
  plugin: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    description: 'a .js or .ts module that exports your own transforms or kernels',
    before: async files => (await import('../plugins/load-plugins.ts')).loadPlugins(files),
  },
} as const satisfies OptionSpecs

/** For commands that compile for unknown sizes. */
export const multipleOption = {
  multiple: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description:
      'promise that an open size is a multiple of N, for schedules that can use it (CUDA assumes 32 for rows of the float tensor; 1 assumes nothing)',
  },
} as const satisfies OptionSpecs

/** Where `--schedule tuned` looks. */
export const databaseOption = {
  database: {
    type: 'string',
    value: 'FILE.json',
    description:
      'with --schedule tuned: tuned schedules of your own (default qernel-schedules.json here or in a folder above), before those that come with qernel',
  },
} as const satisfies OptionSpecs

/** Options of every command that compiles a kernel. */
export const kernelOptions = {
  schedule: {
    type: 'string',
    value: 'NAME|FILE.json',
    description:
      'the schedule: a name, a file of steps, or tuned, the one found for a device (default naive, which is right for every size)',
  },
  for: {
    type: 'string',
    value: 'DEVICE',
    description:
      "with --schedule tuned: the device that it is for, such as 'NVIDIA H200' (default the device at hand, if there is one)",
  },
  ...databaseOption,
  steps: {
    type: 'string',
    value: 'TEXT',
    mayBeEmpty: true,
    description: "the schedule as text: 'tile(t=16,d=16) vectorize(d=4)'; '' keeps the loops of the definition",
  },
  set: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description: 'fix a size at compile time, or set a parameter of a kernel file: bits=4',
  },
  type: { type: 'string', value: 'TENSOR=TYPE', description: 'the storage type of the float tensor, such as x=f16' },
  ...pluginOption,
} as const satisfies OptionSpecs
