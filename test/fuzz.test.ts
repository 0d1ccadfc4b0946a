/** `npm run fuzz` as a process: its output, its exit codes, and replays of saved failures. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { f32, kernel } from '@qernel/dsl'
import { trialToJson } from '@qernel/testing/internal'
import { afterAll, expect, test } from 'vitest'
import { replayLine } from '../scripts/replay-line.ts'
import { shellWords } from './printed-commands/shell-words.ts'

const folder = mkdtempSync(join(tmpdir(), 'qernel-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fuzz(...argv: string[]) {
  const words = ['--import', 'tsx', '--conditions', '@qernel/source', 'scripts/fuzz.ts', ...argv]
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('reports that a few cases are all right', () => {
  const { status, stdout } = fuzz('--cases', '40', '--seed', '3', '--out', folder)
  expect(stdout).toMatch(/^seed 3, 40 cases\n\n40 cases of 10 programs, \d+ simulated, \d+ refused, 0 wrong; \d+ s\n$/)
  expect(status).toBe(0)
}, 60_000)

test('replays a saved failure by the line that is printed when it is saved', () => {
  // The element after the last one: this fails without any schedule.
  const leaves = kernel('leaves', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    output('y', f32, { n: N }, n => x(n.add(1)))
  })
  const file = join(folder, "it's leaves.json")
  const cases = [{ sizes: { N: 1 }, values: 'all zero', seed: 0 }] as const
  writeFileSync(file, trialToJson({ kernel: leaves, steps: [], fixed: {}, cases, machine: 0 }, 'left its input'))
  const [npm, run, script, dashes, ...words] = shellWords(replayLine(file, undefined))
  expect([npm, run, script, dashes]).toEqual(['npm', 'run', 'fuzz', '--'])
  const { status, stdout } = fuzz(...words)
  expect(stdout).toContain('found     left its input')
  expect(stdout).toContain('the definition: OutOfBounds: x[1] lies outside x[1]')
  expect(status).toBe(1)
}, 60_000)

test('tries triples of kinds of steps', () => {
  const { status, stdout } = fuzz('--cases', '12', '--seed', '3', '--triples', 'pipeline,peel', '--out', folder)
  expect(stdout).toMatch(/\n12 cases of 12 programs, \d+ simulated, \d+ refused, 0 wrong; \d+ s\n$/)
  expect(status).toBe(0)
}, 60_000)

test.each([
  ['an option that there is not', ['--case', '3'], '--case'],
  ['a kind of step that there is not', ['--triples', 'peel,pipelin'], 'there is no kind of step pipelin; there are'],
  ['a file that is not there', ['--replay', 'nothing.json'], '--replay nothing.json: ENOENT'],
])(
  '%s: exit code 2',
  (_, argv, says) => {
    const { status, stdout, stderr } = fuzz(...argv)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
  },
  60_000,
)
