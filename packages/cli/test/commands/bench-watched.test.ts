import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { qernel } from '../command-line.ts'

vi.setConfig({ testTimeout: 180_000 })

const folder = temporaryFolder()
/** Transforms that never end, and that end the process. */
const plugin = folder.file(
  'bad.mjs',
  `import { defineTransform, tile } from '${new URL('../../../schedule/dist/index.js', import.meta.url).href}'
const transform = (name, apply) => defineTransform({ ...tile.transform, name, apply })
export const hang = transform('hang', () => { for (;;); })
export const quit = transform('quit', () => process.exit(0))
`,
)
const good = ['tile(t=2,d=4) vectorize(d=4)', 'tile(t=4,d=4)']
const line = (rows: string, ...steps: string[]) => [
  ...['bench', 'int8_per_channel_quantize', '--adapter', 'software', '--sizes', '16x32', '--json'],
  ...['--plugin', plugin, '--deadline', '6s', ...(rows === '' ? [] : ['--rows', rows])],
  ...steps.flatMap(each => ['--steps', each]),
]
interface Shown {
  readonly schedule: string
  readonly failure?: string
  readonly ratio?: number
}
const shown = (stdout: string) =>
  (JSON.parse(stdout).subjects[0].schedules as Shown[]).map(({ schedule, failure, ratio }) => [
    schedule,
    failure ?? typeof ratio,
  ])

it('ends a schedule at its deadline, and one that ends the process twice; all others are measured', async () => {
  const rows = join(folder.path, 'rows.jsonl')
  const [first = '', second = ''] = good
  const found = await qernel(line(rows, first, 'hang(t=2)', 'quit(t=2)', second))
  expect(shown(found.stdout)).toEqual([
    [first, 'number'],
    ['hang(t=2)', 'timeout'],
    ['quit(t=2)', 'lost'],
    [second, 'number'],
  ])
  expect(found.exitCode).toBe(1)
  expect(found.stderr).toContain('still being applied after 6 s, its deadline; going on in another process')
  expect(found.stderr).toContain('the process ended with exit code 0 while this schedule was measured')
})

it('gives the exit code and the output of the process that it watches', async () => {
  const [first = ''] = good
  const found = await qernel(line('', first))
  expect([found.exitCode, shown(found.stdout)]).toEqual([0, [[first, 'number']]])
  const refused = await qernel(line('', 'tile(t=2'))
  expect([refused.exitCode, JSON.parse(refused.stdout).error.exitCode]).toEqual([2, 2])
})
