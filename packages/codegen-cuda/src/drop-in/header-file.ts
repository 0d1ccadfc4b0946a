import { comment } from '../print/comment.ts'
import type { DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** Types of 16-bit floats. CUDA's headers define them only for C++; in C they are incomplete types, for pointers only. */
const opaque: Readonly<Record<string, string>> = {
  'cuda_fp16.h': '__half',
  'cuda_bf16.h': '__nv_bfloat16',
}

/** The declaration of the host function, for any C or C++ compiler. */
export function headerFile({ base, printed, launcher, provenance }: DropInContext): DropInFile {
  const name = `${base}.cuh`
  const headers = [...printed.needs.headers].sort()
  const lines = [
    ...provenance(name).map(comment),
    '',
    '#pragma once',
    '',
    '#include <stdint.h>',
    '#include <cuda_runtime_api.h>',
    ...(headers.length === 0
      ? []
      : [
          '#ifdef __cplusplus',
          ...headers.map(header => `#include <${header}>`),
          '#else',
          ...headers.map(header => `typedef struct ${opaque[header]} ${opaque[header]};`),
          '#endif',
        ]),
    '',
    '#ifdef __cplusplus',
    'extern "C" {',
    '#endif',
    '',
    ...launcher.comment,
    `cudaError_t ${launcher.name}(`,
    ...launcher.parameters.map(
      (parameter, i) => `    ${parameter}${i === launcher.parameters.length - 1 ? ');' : ','}`,
    ),
    '',
    '#ifdef __cplusplus',
    '}',
    '#endif',
  ]
  return { name, source: `${lines.join('\n')}\n` }
}
