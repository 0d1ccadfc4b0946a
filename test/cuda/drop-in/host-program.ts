/** Self-tests of generated CUDA as a CPU program: the files as they ship, with the threads and the memory of test/cuda/host. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { DropInFile } from '@qernel/codegen-cuda'
import { buildLibrary } from '../host/host-cuda.ts'

const run = promisify(execFile)

/** Misaligned vectors, indices outside of arrays and the like stop a kernel. */
const flags =
  '-std=c++17 -O0 -w -ffp-contract=off -ftrivial-auto-var-init=pattern -fsanitize=alignment,bounds,shift,signed-integer-overflow,integer-divide-by-zero -fsanitize-undefined-trap-on-error'

export interface HostProgram {
  /** Runs one self-test. */
  run(position: number, sizes: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }>
  remove(): void
}

/** Compiles the self-tests of several sets of files as one program. @throws Error with what the compiler said */
export async function hostProgram(sets: readonly (readonly DropInFile[])[]): Promise<HostProgram> {
  const library = buildLibrary()
  const folder = mkdtempSync(join(tmpdir(), 'qernel-drop-in-'))
  const source = join(folder, 'program.cpp')
  const program = join(folder, 'program')
  writeFileSync(source, programText(sets))
  const includes = [join(import.meta.dirname), join(dirname(library), 'include')].map(path => `-I${path}`)
  await run('g++', [...flags.split(' '), ...includes, source, library, '-o', program])
  return {
    run: (position, sizes) =>
      run(program, [String(position), ...sizes]).then(
        ({ stdout, stderr }) => ({ exitCode: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
          exitCode: code,
          output: stdout + stderr,
        }),
      ),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function programText(sets: readonly (readonly DropInFile[])[]): string {
  const includes = new Set<string>()
  const bodies = sets.map((files, id) => {
    const of = (end: string) => files.find(({ name }) => name.endsWith(end))?.source ?? ''
    const source = files[0]?.source ?? ''
    const text = [of('.cuh'), source, of('_reference.h'), of('_main.cu')].join('\n')
    const body = text
      .split('\n')
      .filter(line => {
        const isInclude = line.startsWith('#include')
        if (isInclude && !line.includes('"') && !line.includes('cuda_runtime')) includes.add(line)
        return !isInclude && line !== '#pragma once'
      })
      .join('\n')
      .replace(/#ifdef __cplusplus\n(extern "C" \{|\})\n#endif/g, '')
      .replaceAll('extern "C" ', '')
      .replace('int main(', 'int self_test(')
      .replace(/(\w+)<<<([^;]*?)>>>\(([^;]*)\);/g, `cuda_host_launch(cuda_host_module_${id}, $1, $2, $3);`)
    const meets = source.includes('__sync') || source.includes('_sync(')
    return `extern "C" const cuda_host_module cuda_host_module_${id};
#undef __shared__
#define __shared__ static __attribute__((section("shared_${id}")))
extern "C" char __start_shared_${id}[] __attribute__((weak)), __stop_shared_${id}[] __attribute__((weak));
namespace set_${id} {
${body}
}
extern "C" const cuda_host_module cuda_host_module_${id} = {nullptr, __start_shared_${id}, __stop_shared_${id}, ${meets}};
`
  })
  // The macros of the runtime come last: <cmath> takes some of them away.
  return `${[...includes].filter(line => !line.includes('cuda')).join('\n')}
#include "runtime.h"
${[...includes].filter(line => line.includes('cuda')).join('\n')}
${bodies.join('\n')}
int main(int argc, char** argv) {
  switch (atoi(argv[1])) {
${sets.map((_, id) => `    case ${id}: return set_${id}::self_test(argc - 1, argv + 1);`).join('\n')}
  }
  return 70;
}
`
}
