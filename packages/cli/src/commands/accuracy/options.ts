import type { OptionSpecs } from '../../frame/command.ts'

export const accuracyOptions = {
  cache: {
    type: 'string',
    value: 'FILE',
    description:
      'a .safetensors file with key, value and query_last (default examples/data/kv-head.safetensors, if it exists)',
  },
  tokens: {
    type: 'string',
    value: 'N',
    description: 'how many tokens of each data set to quantize, from its start (default 512; a multiple of 128)',
  },
} as const satisfies OptionSpecs
