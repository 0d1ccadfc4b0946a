/** The kernel and the schedule that are shown as one file, which `qernel emit FILE --schedule shown` compiles to what the page shows. */

/** What the file is made of. */
export interface KernelFileParts {
  /** The text of the kernel, the export that is meant, and the values of its compile-time parameters. */
  readonly text: string
  readonly name: string
  readonly set: Readonly<Record<string, string>>
  readonly fixed: Readonly<Record<string, number>>
  /** The steps that apply. */
  readonly steps: readonly string[]
  /** The name of the file. */
  readonly file: string
}

export function kernelFile({ text, name, set, fixed, steps, file }: KernelFileParts): string {
  const schedule = freeName(text)
  const sets = Object.entries({ ...set, ...fixed }).map(([key, value]) => ` --set ${key}=${value}`)
  const hasHelpers = helper.test(text)
  return [
    '// From the qernel playground: a kernel, and at the end the schedule that was shown. To compile it:',
    `//   npx qernel emit ${file}#${name} --target cuda --schedule ${schedule}${sets.join('')}`,
    ...(hasHelpers
      ? ['// It imports files of the library, so keep it where node_modules/@qernel/kernels is installed.']
      : []),
    "import { schedule as scheduleOf } from '@qernel/dsl/source'",
    text.replace(new RegExp(helper, 'g'), "$1'./node_modules/@qernel/kernels/library/$2'").trimEnd(),
    '',
    `export const ${schedule} = scheduleOf(`,
    ...[name, ...steps.map(step => `'${step}'`)].map(argument => `  ${argument},`),
    ')',
    '',
  ].join('\n')
}

/** An import of a file beside those of the library. */
const helper = /(\bfrom )'\.\/([\w.-]+)'/

/** A name that the text does not have. */
function freeName(text: string): string {
  const words = new Set(text.split(/\W+/))
  let name = 'shown'
  for (let count = 2; words.has(name); count++) name = `shown${count}`
  return name
}
