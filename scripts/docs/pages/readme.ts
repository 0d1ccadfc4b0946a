/** The generated parts of README.md. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { int8PerChannel } from '@qernel/kernels'
import { namedSchedules, parseSteps, printSteps } from '@qernel/schedule'
import { block } from '../markers.ts'
import { qernel, root } from '../qernel.ts'

/** The parts that are the same on every machine. */
export function readmeParts(): Record<string, string> {
  const kernel = int8PerChannel()
  const steps = parseSteps('tile(t=8,d=128) vectorize(d=4)')
  const refused = 'tile(t=16,d=16) bind(t=grid.x)'
  return {
    definition: block('ts', definitionOf('int8PerChannel')),
    schedules: block(
      '',
      namedSchedules.map(each => `${each.name.padEnd(11)} ${printSteps(each.steps({ kernel }))}`).join('\n'),
    ),
    wgsl: block('wgsl', qernel('emit', kernel.name, '--target', 'wgsl', '--schedule', 'vectorized')),
    json: block('json', `[\n${steps.map(step => `  ${jsonLine(step)}`).join(',\n')}\n]`),
    refusal: block(
      '',
      `$ qernel emit int8_per_channel_quantize --target wgsl --steps '${refused}'\n${qernel('emit', 'int8_per_channel_quantize', '--target', 'wgsl', '--steps', refused)}`,
    ),
  }
}

/** A flat object as people write it: `{ "transform": "tile", "t": 16 }`. */
function jsonLine(object: object): string {
  const members = Object.entries(object).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return `{ ${members.join(', ')} }`
}

/** The table of `npm start`, with its times, which is taken again only on request. */
export function startTable(): string {
  const { status, stdout, stderr } = spawnSync('npm', ['start', '--silent'], { cwd: root, encoding: 'utf8' })
  const from = stdout.indexOf('Key cache')
  if (status !== 0 || from < 0) throw new Error(`npm start failed:\n${stdout}${stderr}`)
  return block('', stdout.slice(from))
}

/** The text of an exported constant of the INT8 kernels as kernel files, from `export` to the blank line after it. */
function definitionOf(name: string): string {
  const text = readFileSync(join(root, 'packages/kernels/library/int8-per-channel.kernel.ts'), 'utf8')
  const start = text.indexOf(`export const ${name} =`)
  const end = text.indexOf('\n\n', start)
  if (start < 0) throw new Error(`there is no definition of ${name}`)
  return text.slice(start, end < 0 ? undefined : end)
}
