/** One page per transform, generated from the transform's value and its doc comment. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel, Nest } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import {
  applySchedule,
  listTransforms,
  nestText,
  parameterDomains,
  parseSteps,
  printSteps,
  type Transform,
} from '@qernel/schedule'
import { block, markdownTable } from '../markers.ts'
import { root } from '../qernel.ts'

const folder = 'packages/schedule/src/transforms'
/** Sizes of the generated code on the pages: every tile divides them, so that no guard hides what the transform does. */
const sizes = new Map([
  ['T', 2048],
  ['D', 128],
])

export function transformPages(): Record<string, string> {
  const sources = readdirSync(join(root, folder)).map(file => ({
    file: `${folder}/${file}`,
    text: readFileSync(join(root, folder, file), 'utf8'),
  }))
  const all = listTransforms()
  const pages = all.map(transform => {
    const source = sources.find(({ text }) => text.includes(`name: '${transform.name}',`))
    if (source === undefined) throw new Error(`no file of ${folder} defines ${transform.name}`)
    return [`docs/transforms/${transform.name}.md`, page(transform, source.file, docComment(source.text))] as const
  })
  return { 'docs/transforms/README.md': index(all), ...Object.fromEntries(pages) }
}

const notice = (file: string) => `<!-- Written by npm run docs from ${file}: edit that. -->\n`

function index(all: readonly Transform[]): string {
  return `${notice(folder)}
# Transforms

A schedule is a list of these transforms. Each is one value in one file, and anyone can define more with \`defineTransform\`.

${markdownTable(
  ['transform', 'what it does', 'results'],
  all.map(({ name, summary, numerics }) => [`[${name}](${name}.md)`, summary, results[numerics]]),
)}
Every transform also takes \`stage=NAME\`, which restricts it to the loops of one stage. A step that does not apply is
[refused](../refusals.md), and the loops stay unchanged.
`
}

const results: Readonly<Record<Transform['numerics'], string>> = {
  exact: 'the same bits',
  reassociates: 'the same bits; float sums only with `reassociate=true`, and then in another order',
}

function page(transform: Transform, file: string, comment: string): string {
  const { name, numerics } = transform
  const { kernel, before, after, step } = exampleOf(transform)
  const steps = parseSteps(transform.example)
  const source = wgsl.compile(kernel, steps, { fixed: sizes }).source
  const { repairs } = applySchedule(kernel, steps, { fixed: sizes, nativeTypes: wgsl.portableTarget.nativeTypes })
  return `${notice(file)}
# ${name}

${comment}

Results: ${results[numerics]}.

## Arguments

${argumentsTable(transform)}
## Example

\`${transform.example}\` on \`${kernel.name}\`. Before \`${step}\`:

${block('', nestText(before))}
After it:

${block('', nestText(after))}
The whole example in WGSL, with ${[...sizes].map(([size, value]) => `${size} = ${value}`).join(' and ')} fixed${
    repairs.length === 0
      ? ''
      : `. There four codes share a word, so \`${printSteps(repairs)}\` is inserted in front, which gives each word one owner`
  }:

${block('wgsl', source.slice(source.search(/^(var<workgroup>|@compute)/m)))}`
}

interface Example {
  readonly kernel: Kernel
  readonly step: string
  readonly before: Nest
  readonly after: Nest
}

/** The example of a transform, with the nest around its last step of that transform. Both back ends compile the whole example. */
export function exampleOf({ name, example, exampleKernel = 'int8_per_channel_quantize' }: Transform): Example {
  const kernel = findKernel(exampleKernel)?.define()
  if (kernel === undefined) throw new Error(`the example of ${name} is about ${exampleKernel}, which is no kernel`)
  const steps = parseSteps(example)
  const position = steps.findLastIndex(step => step.transform === name)
  const { history } = applySchedule(kernel, steps)
  const [before, after] = [history[position], history[position + 1]]
  if (before === undefined || after === undefined) throw new Error(`the example of ${name} has no step of it`)
  for (const backEnd of [wgsl, cuda]) backEnd.compile(kernel, steps)
  return { kernel, step: example.match(/\w+\([^)]*\)/g)?.[position] ?? name, before, after }
}

/** The messages of the schema say what an argument may be. */
function argumentsTable(transform: Transform): string {
  const { named, axes } = parameterDomains(transform)
  const rows = named.map(({ name, meaning, optional }) => [`\`${name}=\``, meaning, optional ? 'optional' : 'required'])
  const first =
    axes === undefined ? [] : [['`AXIS=`', `${axes.meaning}, for the loop or axis with that name`, 'one or more']]
  return markdownTable(['argument', 'value', ''], [...first, ...rows, ['`stage=`', 'the name of a stage', 'optional']])
}

/** The comment above `defineTransform`, as Markdown: indented text is a block. */
function docComment(text: string): string {
  const end = text.search(/ \*\/\nexport const \w+ = defineTransform/)
  const start = text.lastIndexOf('/**', end)
  if (end < 0 || start < 0) throw new Error('a transform has no doc comment')
  const lines = text
    .slice(start, end)
    .split('\n')
    .slice(1)
    .map(line => line.replace(/^ \* ?/, ''))
  return lines.join('\n').trim()
}
