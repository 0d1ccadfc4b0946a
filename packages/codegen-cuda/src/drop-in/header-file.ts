import { comment } from '../comment.ts'
import type { DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** The declaration of the host function, for C++ that any compiler translates. */
export function headerFile({ base, printed, launcher, provenance }: DropInContext): DropInFile {
  const name = `${base}.cuh`
  const lines = [
    ...provenance(name).map(comment),
    '',
    '#pragma once',
    '',
    '#include <cstdint>',
    ...[...printed.needs.headers].sort().map(header => `#include <${header}>`),
    '#include <cuda_runtime_api.h>',
    '',
    ...launcher.comment,
    `extern "C" cudaError_t ${launcher.name}(`,
    ...launcher.parameters.map(
      (parameter, i) => `    ${parameter}${i === launcher.parameters.length - 1 ? ');' : ','}`,
    ),
  ]
  return { name, source: `${lines.join('\n')}\n` }
}
