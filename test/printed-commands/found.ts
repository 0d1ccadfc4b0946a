/** The commands that the pages and sources of this repository name. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Found {
  readonly file: string
  readonly text: string
}

const tracked = (...patterns: readonly string[]): string[] =>
  execFileSync('git', ['ls-files', '--', ...patterns], { encoding: 'utf8' })
    .split('\n')
    .filter(file => file !== '')

export const pages = (): string[] => tracked('*.md')
export const sources = (): string[] =>
  tracked('packages/*/src/*.ts', 'scripts/*.ts', 'scripts/*.mjs', 'examples/*.ts', 'bench/*.ts')

/** Those that are set in front of a command, such as QERNEL_CASES=5000. */
const variables = /^(?:[A-Z_]+=\S+ )+/

/** The command lines of a page's shell listings, a loop, or a line that ends in a backslash, with the lines that belong to it. */
export const listed = (): Found[] =>
  pages().flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, listing = '']) =>
      (listing.match(/for [\s\S]*?\ndone.*\n|(?:.*\\\n)*.+\n/g) ?? []).map(text => ({
        file,
        text: text.trim().replace(variables, ''),
      })),
    ),
  )

/** Text between backticks that begins with one of these programs, in pages and in comments. */
export const mentioned = (): Found[] =>
  [...pages(), ...sources()].flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(/`((?:qernel|npm|npx) [^`$]+)`/g)].map(([, text = '']) => ({ file, text })),
  )
