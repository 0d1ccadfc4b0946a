import Handlebars from 'handlebars'
import type { Launcher } from './launcher.ts'

/** What a CUDA file is made of. */
export interface SourceFile {
  /** Lines of comment. */
  readonly header: readonly string[]
  readonly includes: readonly string[]
  readonly definitions: readonly string[]
  readonly kernels: readonly string[]
  readonly launcher: Launcher
}

const skeleton = `{{#each header}}
{{this}}
{{/each}}

{{#each includes}}
#include <{{this}}>
{{/each}}
#ifndef __CUDACC_RTC__
#include <cstdint>
#include <cuda_runtime.h>
#endif

{{#each definitions}}
{{this}}

{{/each}}
{{#each kernels}}
{{this}}

{{/each}}
#ifndef __CUDACC_RTC__
{{#with launcher}}
// Checks the arguments, launches on \`stream\` and does not wait. Arrays are in device memory, row after row:
{{#each notes}}
//   {{this}}
{{/each}}
{{#if largestSize}}
// Sizes go up to {{largestSize}}.
{{/if}}
extern "C" cudaError_t {{name}}(
{{#each parameters}}
    {{this}}{{#if @last}}) { {{~else}},{{/if}}
{{/each}}
{{#each checks}}
  if ({{condition}}) return cudaErrorInvalidValue;{{#if because}}  // {{because}}{{/if}}
{{/each}}

{{#each grids}}
  const unsigned {{name}} = {{value}};
{{#if excess}}
  if ({{excess}}) return cudaErrorInvalidConfiguration;
{{/if}}
{{/each}}
{{#each launches}}
{{#if condition}}
  if ({{condition}}) {
    {{entry}}<<<{{grid}}, {{block}}, 0, stream>>>(
        {{arguments}});
  }
{{else}}
  {{entry}}<<<{{grid}}, {{block}}, 0, stream>>>(
      {{arguments}});
{{/if}}
{{/each}}
  return cudaGetLastError();
}
{{/with}}
#endif
`

let compiled: ReturnType<typeof Handlebars.compile<SourceFile>> | undefined

export function renderSourceFile(file: SourceFile): string {
  compiled ??= Handlebars.compile<SourceFile>(skeleton, { strict: true, noEscape: true })
  return compiled(file)
}
