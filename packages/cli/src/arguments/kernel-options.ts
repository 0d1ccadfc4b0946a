import type { OptionSpecs } from '../frame/command.ts'

/** Other people's modules, loaded before the command looks at anything else. */
export const pluginOption = {
  plugin: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    description: 'a module that exports transforms or kernels of your own, .js or .ts',
    before: async files => (await import('../plugins/load-plugins.ts')).loadPlugins(files),
  },
} as const satisfies OptionSpecs

/** Of commands that compile for sizes that they do not know. */
export const multipleOption = {
  multiple: {
    type: 'string',
    value: 'SIZE=N',
    multiple: true,
    description:
      'what an open size is known to be a multiple of, for schedules that ask (CUDA default 32 for rows of the float tensor; 1 for nothing)',
  },
} as const satisfies OptionSpecs

/** Options of every command that compiles a kernel. */
export const kernelOptions = {
  schedule: {
    type: 'string',
    value: 'NAME|FILE.json',
    description: 'how the kernel runs: a named schedule or a file of steps (default naive: right for every size)',
  },
  steps: {
    type: 'string',
    value: 'TEXT',
    mayBeEmpty: true,
    description:
      "how the kernel runs, written out: 'tile(t=16,d=16) vectorize(d=4)'; '' is the loops of the definition",
  },
  set: { type: 'string', value: 'SIZE=N', multiple: true, description: 'fix a size when compiling' },
  type: { type: 'string', value: 'TENSOR=TYPE', description: 'the storage type of the float tensor, as x=f16' },
  ...pluginOption,
} as const satisfies OptionSpecs
