/** Every printed or documented command runs: examples in help, hints in refusals, pages and their listings. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { folderOfFiles } from './printed-commands/folder.ts'
import { type Found, listed, mentioned, sources } from './printed-commands/found.ts'
import { lacksCuda, onLittle, run } from './printed-commands/run.ts'
import { shellWords } from './printed-commands/shell-words.ts'

vi.setConfig({ testTimeout: 120_000 })

interface Help {
  readonly commands: readonly {
    readonly name: string
    readonly options: readonly { readonly name: string; readonly short?: string }[]
    readonly examples: readonly { readonly line: string }[]
  }[]
}
const { commands } = JSON.parse((await run(['--help', '--json'])).stdout) as Help

const root = process.cwd()
const listings = listed()
const mentions = mentioned()
const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts)
const texts = sources().map(file => ({ file, text: readFileSync(file, 'utf8') }))

const folder = folderOfFiles(root)
process.chdir(folder)
afterAll(() => {
  process.chdir(root)
  rmSync(folder, { recursive: true })
})

/** The words after `qernel` of a command line that starts it in any way. */
function wordsOf(line: string): string[] | undefined {
  const words = shellWords(line)
  const at = words.indexOf('qernel')
  const starts =
    at === 0 || (at === 1 && words[0] === 'npx') || (at > 0 && words[0] === 'npm' && words[at + 1] === '--')
  return starts ? words.slice(words[0] === 'npm' ? at + 2 : at + 1) : undefined
}

async function expectToRun(words: readonly string[]): Promise<void> {
  const ran = await run(onLittle(words))
  // A search that is given little to try uses it up.
  const expected = words[0] === 'tune' && ran.exitCode === 4 ? 4 : 0
  if (!lacksCuda(words, ran)) expect([ran.exitCode, ran.stderr]).toEqual([expected, expect.anything()])
}

const examples = commands.flatMap(each => each.examples.map(({ line }) => line))

describe('examples in help run', () => {
  it.each(examples)('%s', async line => {
    const words = wordsOf(/^source <\((.*)\)$/.exec(line)?.[1] ?? line)
    expect(words).toBeDefined()
    await expectToRun(words as string[])
  })
})

describe('listings of pages run', () => {
  const others = listings.filter(({ text }, i) => !examples.includes(text) && isFirst(listings, i))
  it.each(others.map(({ file, text }) => [file, text]))('%s: %s', async (_, text) => {
    const words = wordsOf(text)
    if (words !== undefined) return expectToRun(words)
    const [program, ...rest] = shellWords(text.replace(/^(\w+=\S+ )+/, ''))
    if (program === 'npm') return expectScript(rest)
    if (program === 'npx') return expect(existsSync(join(root, rest.find(isScript) ?? ''))).toBe(true)
    if (program === 'for') return loop(text)
    // Other programs.
    expect(['nvcc', 'jq', 'cmake', 'python']).toContain(program)
  })
})

const isFirst = (all: readonly Found[], i: number): boolean => all.findIndex(({ text }) => text === all[i]?.text) === i
const isScript = (word: string): boolean => word.endsWith('.ts')

/** Runs a loop that writes a file of schedules, and leaves a few of them for the command behind it. */
function loop(text: string): void {
  const file = />(\S+)$/.exec(text)?.[1] ?? ''
  execFileSync('sh', ['-c', text])
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.length).toBeGreaterThan(2)
  writeFileSync(file, lines.slice(0, 2).join('\n'))
}

function expectScript([first = '', ...rest]: readonly string[]): void {
  if (['init', 'install', 'publish'].includes(first)) return
  const name = first === 'run' ? rest.find(word => word !== '-s') : first
  expect(scripts).toContain(name)
}

describe('commands in texts and comments have existing names and options', () => {
  it.each(mentions.filter((_, i) => isFirst(mentions, i)).map(({ file, text }) => [file, text]))(
    '%s: %s',
    (_, text) => {
      const words = wordsOf(text)?.filter(word => word !== '--json' && word !== '--help')
      if (words === undefined) {
        const [program, ...rest] = shellWords(text.replace(/^(\w+=\S+ )+/, ''))
        if (program === 'npm') expectScript(rest)
        return
      }
      const [name = '', ...rest] = words
      if (/^([A-Z]+|…|)$/.test(name)) return
      expect(commands.map(each => each.name)).toContain(name)
      const options = commands.find(each => each.name === name)?.options ?? []
      const names = options.flatMap(option => [option.name, option.short ?? ''])
      for (const word of rest) if (/^--?[a-z]/.test(word)) expect(names).toContain(word.split('=')[0])
    },
  )
})

/** Files that print commands, and a command line by which each does. */
const printing: Readonly<Record<string, readonly string[]>> = {
  'arguments/kernel.ts': ['emit', 'int8_per_tokn', '--target', 'wgsl'],
  'arguments/kernel-options.ts': ['emit', '--target', 'wgsl'],
  'commands/emit/emit.ts': ['emit', 'int8_per_token'],
  'commands/accuracy/accuracy.ts': ['accuracy', 'kivi_key'],
  'commands/list/transform-page.ts': ['list', 'transforms', 'tle'],
  'frame/parse-arguments.ts': ['emit', 'int8_per_token', '--targt', 'wgsl'],
  'frame/run-program.ts': ['emti'],
}

describe('commands that refusals propose run', () => {
  it.each(Object.entries(printing))('%s', async (_, words) => {
    const { exitCode, stderr } = await run(words)
    expect(exitCode).toBe(2)
    const [, command = ''] = /\b(?:see|as in) (qernel .*?)(?:;|, or |\n|$)/.exec(stderr) ?? []
    await expectToRun(wordsOf(command) as string[])
  })

  it('every file that prints a command is tried here or in the test of what it prints', () => {
    const elsewhere = {
      'errors/device-error.ts': 'qernel doctor',
      'commands/check/report.ts': 'check.test.ts of the package cli',
      'commands/explain/explain.ts': 'the page of a schedule, below',
    }
    const makers = texts.filter(({ file, text }) => file.startsWith(own) && /printedCommand\(/.test(text))
    const printers = makers.map(({ file }) => file.slice(own.length)).filter(file => !file.endsWith('/command.ts'))
    const known = [...Object.keys(printing).filter(file => !file.startsWith('frame/')), ...Object.keys(elsewhere)]
    expect(printers.sort()).toEqual(known.sort())
    const byHand = texts.filter(
      ({ file, text }) => file.startsWith(own) && !file.endsWith('/command.ts') && commandWithArguments.test(text),
    )
    expect(byHand.map(({ file }) => file)).toEqual([])
  })
})

const own = 'packages/cli/src/'
/** In a string; comments, which are between backticks, are tried above. */
const commandWithArguments = new RegExp(
  `^(?!\\s*(?:\\*|/[/*])).*['"\`].*qernel (?:${commands.map(({ name }) => name).join('|')}) (?:-|\\$|[a-z]+s\\b|[A-Z]{3})`,
  'm',
)

const entities: Readonly<Record<string, string>> = {
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
}
const textOf = (html: string): string =>
  html.replace(/<[^>]*>/g, '').replace(/&[#\w]+;/g, name => entities[name] ?? name)

it.each([
  ['int8_per_token', '--schedule', 'best', '--type', 'x=f16', '--multiple', 'D=64'],
  [
    ...['int8_per_channel_quantize', '--steps', 'tile(t=8,d=64) swizzle(rows=4) vectorize(d=4)', '--set', 'D=64'],
    ...['--plugin', 'examples/new-transform/swizzle.ts'],
  ],
])('the page of %s %s %s … names the command that prints its code', async (...words) => {
  const { stdout } = await run(['explain', ...words, '--target', 'cuda', '--html', '-'])
  const [, command = ''] = /the same as <code>(.*?)<\/code>/.exec(stdout) ?? []
  const emitted = await run(wordsOf(textOf(command)) as string[])
  expect(emitted.exitCode).toBe(0)
  const shown = textOf([...stdout.matchAll(/<pre>([\s\S]*?)<\/pre>/g)].at(-1)?.[1] ?? '')
  expect(shown.replaceAll('\n', '')).toBe(emitted.stdout.replaceAll('\n', ''))
})

describe('npm commands that programs print are scripts', () => {
  const lines = texts
    .filter(({ file }) => !file.startsWith('packages/'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/['`(;] ?(npm (?:run|start|test)[^'`\n;)]*)/g)].map(([, line = '']) => [file, line.trim()]),
    )
  it.each(lines)('%s: %s', (_, line) => expectScript(shellWords(line as string).slice(1)))
})
