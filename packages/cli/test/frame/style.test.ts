import { expect, it } from 'vitest'
import { commands } from '../../src/commands.ts'
import { UsageError } from '../../src/errors/usage-error.ts'
import type { AnyCommand, Program } from '../../src/frame/command.ts'
import { commandHelp, programHelp } from '../../src/frame/help.ts'
import { runProgram } from '../../src/frame/run-program.ts'
import { painted, styled, styledDiff, wantsColours } from '../../src/frame/style.ts'

const program: Program = { name: 'qernel', version: '1.2.3', summary: 'Compiles.', commands }

it.each<[boolean | undefined, Record<string, string>, boolean]>([
  [true, {}, true],
  [false, {}, false],
  [undefined, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('whether colours are used on a terminal (%s) with %j: %s', (isTerminal, environment, expected) =>
  expect(wantsColours(isTerminal, environment)).toBe(expected),
)

it('styles become escape sequences if there are colours, and other escape sequences never pass', () => {
  const text = `${styled('red', 'a\u001b[8m')} b\u001b[8m \ufdd1c`
  expect(painted(text, true)).toBe('\u001b[31ma\\x1b[8m\u001b[39m b\\x1b[8m \\u{fdd1}c')
  expect(painted(text, false)).toBe('a\\x1b[8m b\\x1b[8m \\u{fdd1}c')
})

it('the lines of a diff are coloured', () => {
  const diff = painted(styledDiff('--- as generated\n+++ k\n@@ -1 +1 @@\n-a\n+\u001b[2Kb\n c\n'), true)
  expect(diff.split('\n').map(line => /\[(\d+)m/.exec(line)?.[1])).toEqual([
    '1',
    '1',
    '36',
    '31',
    '32',
    undefined,
    undefined,
  ])
  expect(diff).toContain('+\\x1b[2Kb')
})

it('an error has its program in red and carets in green, and is plain without colours', async () => {
  const refuse: AnyCommand = {
    name: 'refuse',
    summary: '',
    positionals: [],
    options: {},
    examples: [],
    load: async () => () => {
      throw new UsageError({ what: 'no', where: 'x', details: ['grid.x t in T', '^^^^^^'], nearest: 'y' })
    },
  }
  const said = async (hasColours: boolean) => {
    let text = ''
    const stream = { write: (more: string) => (text += more), hasColours }
    await runProgram({ ...program, commands: [refuse] }, ['refuse'], { stdout: stream, stderr: stream })
    return text
  }
  expect(await said(false)).toBe(
    "qernel refuse: no\n    grid.x t in T\n    ^^^^^^\n  where:   x\n  did you mean 'y'?\n",
  )
  expect(await said(true)).toContain('\u001b[31mqernel refuse:\u001b[39m no')
  expect(await said(true)).toContain('    \u001b[32m^^^^^^\u001b[39m\n')
})

it.each([40, 60, 80, 120])('help is at most %i columns wide, unless a word is longer', width => {
  const texts = [programHelp(program, width), ...commands.map(command => commandHelp(program, command, width))]
  for (const text of texts) {
    const lines = painted(text, false).split('\n')
    // Examples are not wrapped.
    const prose = lines.slice(0, lines.indexOf('Examples')).filter(line => line.startsWith('  '))
    expect(
      prose.filter(line => line.length > width && line.trim().includes(' ') && !/^ {2}(-|qernel)/.test(line)),
    ).toEqual([])
  }
})

it('help can be printed as data', async () => {
  const json = async (...argv: string[]) => {
    let text = ''
    const stdout = { write: (more: string) => (text += more) }
    expect(await runProgram(program, argv, { stdout, stderr: { write: () => expect.unreachable() } })).toBe(0)
    return JSON.parse(text)
  }
  const all = await json('--help', '--json')
  expect(all.commands.map(({ name }: { name: string }) => name)).toEqual(commands.map(({ name }) => name))
  const emit = await json('emit', '--help', '--json')
  expect(emit).toEqual(await json('help', 'emit', '--json'))
  expect(emit.options).toContainEqual(expect.objectContaining({ name: '--target', choices: ['wgsl', 'cuda'] }))
})
