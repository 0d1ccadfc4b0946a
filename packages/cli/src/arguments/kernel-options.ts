import type { OptionSpecs } from '../frame/command.ts'

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
    description: "how the kernel runs, written out: 'tile(t=16,d=16) vectorize(d=4)'",
  },
  set: { type: 'string', value: 'SIZE=N', multiple: true, description: 'fix a size when compiling' },
  type: { type: 'string', value: 'TENSOR=TYPE', description: 'the storage type of the float tensor, as x=f16' },
} as const satisfies OptionSpecs
