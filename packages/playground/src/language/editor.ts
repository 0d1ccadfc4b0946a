/// <reference types="vite/client" />

/** The editor's knowledge of kernel files: the declarations of the language, the transforms, and the files of the library. */
import { type Completion, type Hover, KernelEditor } from '@qernel/kernel-file/editor'
import { listTransforms } from '@qernel/schedule'
import type { Problem } from '../protocol.ts'
import { libraryFiles } from './library-files.ts'

const sources = import.meta.glob<string>(['../../../dsl/src/source/*.ts', '../../../dsl/src/ir/*.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** In a kernel file, a transform makes a step of any named values. */
const transforms = (): string =>
  [
    'export interface Step { readonly transform: string }',
    ...listTransforms().map(
      ({ name, summary }) =>
        `/** ${summary.replaceAll('*/', '* /')} */\nexport declare const ${name}: (args: Readonly<Record<string, string | number | boolean>>) => Step`,
    ),
  ].join('\n')

let editor: KernelEditor | undefined

/** Made when it is first asked: TypeScript takes a second to read its own declarations. */
function ready(): KernelEditor {
  editor ??= new KernelEditor({
    texts: new Map([
      ...Object.entries(sources).map(([path, text]) => [path.replace(/^.*\/dsl\/src/, '/dsl'), text] as const),
      ...[...libraryFiles].map(([name, text]) => [`/${name}`, text] as const),
      ['/schedule.ts', transforms()],
    ]),
    packages: { '@qernel/dsl/source': '/dsl/source/index.ts', '@qernel/schedule': '/schedule.ts' },
  })
  return editor
}

export const complete = (text: string, offset: number): readonly Completion[] => ready().complete(text, offset)

export const hover = (text: string, offset: number): Hover | undefined => ready().hover(text, offset)

export const diagnose = (text: string): Problem[] =>
  ready()
    .problems(text)
    .map(({ message, from, to }) => ({ code: 'type', message, range: { from, to } }))
