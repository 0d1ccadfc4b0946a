/** docs/write-a-schedule.md: every command on the page is run, every listing is a file that is tested. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { all, type CommandLines, commandListings, fileListing, from } from '../listings.ts'
import { block } from '../markers.ts'
import { root } from '../qernel.ts'

const kernel = 'int8_per_channel_quantize'
const first = 'tile(t=16,d=16)'
const vectors = 'tile(t=16,d=64) vectorize(d=4)'
const assumed = `${vectors} predicate(d=assume)`
const at = ['--at', 'T=131072', '--at', 'D=128']
const plugin = 'examples/new-transform/swizzle.ts'
const swizzled = 'tile(t=16,d=64) swizzle(rows=4) vectorize(d=4)'

/** The command lines of the page, with the parts that are shown. */
const commands: CommandLines = {
  loops: [['explain', kernel, '--target', 'cuda', '--steps', first], all],
  code: [
    ['emit', kernel, '--target', 'cuda', '--steps', first],
    printed => /^extern "C" __global__[\s\S]*?^}$/m.exec(printed)?.[0] ?? '',
  ],
  'refused-argument': [['explain', kernel, '--steps', `${first} vectorize(d=3)`], all],
  'refused-words': [['explain', kernel, '--steps', `${first} vectorize(d=2)`], all],
  'refused-limit': [['emit', kernel, '--target', 'wgsl', '--steps', 'tile(t=16,d=128)'], all],
  'cost-first': [['explain', kernel, '--steps', first, '--cost', ...at], from('Global memory')],
  'cost-vectors': [['explain', kernel, '--steps', vectors, '--cost', ...at], from('dispatch ')],
  'cost-assumed': [['explain', kernel, '--steps', assumed, '--cost', ...at], from('D must be')],
  page: [['explain', kernel, '--steps', assumed, '--html', 'page.html'], all],
  run: [
    [
      ...['run', 'int8_per_channel', '--input', 'x=examples/data/kv-head.safetensors#key[0:256]'],
      ...['--steps', 'tile(d=64,stage=scale) tile(t=16,d=64,stage=q) vectorize(d=4,stage=q)', '--device', 'reference'],
    ],
    all,
  ],
  check: [['check', kernel, '--steps', assumed, '--cases', '100', '--seed', '1'], all],
  'own-loops': [
    ['explain', kernel, '--target', 'cuda', '--plugin', plugin, '--steps', swizzled],
    printed => printed.slice(printed.indexOf('2. swizzle'), printed.indexOf('3. vectorize')),
  ],
  'own-check': [['check', kernel, '--plugin', plugin, '--steps', swizzled, '--cases', '100', '--seed', '1'], all],
  'own-refused': [['explain', kernel, '--plugin', plugin, '--steps', 'swizzle(rows=4)'], all],
}

export const scheduleGuideParts = (): Record<string, string> => ({
  ...commandListings(commands, ['page.html']),
  transform: fileListing(plugin),
  'transform-test': block('ts', testOf('results stay the same')),
})

/** One test of the example, with what it is about. */
function testOf(name: string): string {
  const text = readFileSync(join(root, plugin.replace('.ts', '.test.ts')), 'utf8')
  const start = text.indexOf(`test('${name}`)
  const end = text.indexOf('\n})\n', start)
  const constants = text.match(/^const (?:kernel|swizzled) = .*$/gm)
  if (start < 0 || end < 0 || constants?.length !== 2) throw new Error(`the example has no test '${name}'`)
  return `${constants.join('\n')}\n\n${text.slice(start, end + 3)}`
}
