/** The pages about kernels and about sweeps: every listing is a file that is tested, every command is run. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { all, type CommandLines, commandListings, fileListing, from, type Part } from '../listings.ts'
import { root } from '../qernel.ts'

const own = 'examples/own-kernel'
const softcap = 'softcap.kernel.ts'
const perToken = 'int8-per-token.kernel.ts'

/** A file with an error of each kind that authors make most often. */
const mistakes = `import { f32, i8, kernel, max } from '@qernel/dsl/source'

export const mistakes = kernel('mistakes', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => Math.abs(x(t))) / 127)
  for (let t = 0; t < 4; t++) output('y', f32, [D], d => x(t, d))
  output('q', i8, [T, D], (t, d) => x(t, d) / scale(t))
})
`

/** The kernels of a CUDA file, without its host function. */
const device: Part = printed => /^extern "C" __global__[\s\S]*?^}$/m.exec(printed)?.[0] ?? ''

const fileCommands: CommandLines = {
  list: [['list', 'kernels', softcap], printed => printed.slice(0, printed.indexOf('\n  schedules'))],
  check: [['check', softcap, '--cases', '100', '--seed', '1'], all],
  explain: [
    ['explain', softcap, '--steps', 'tile(t=8,d=128) vectorize(d=4)', '--cost'],
    printed => printed.slice(0, printed.indexOf('\nrepeated')),
  ],
  emit: [['emit', softcap, '--target', 'cuda', '--steps', 'tile(t=8,d=128) vectorize(d=4)', '-o', 'softcap.cu'], all],
  verify: [['verify', 'softcap.cu'], all],
  code: [['emit', softcap, '--target', 'cuda', '--steps', 'tile(t=8,d=128) vectorize(d=4)'], device],
  checkPerToken: [['check', perToken, '--schedule', 'wide', '--set', 'bits=4', '--cases', '100', '--seed', '1'], all],
  emitPerToken: [
    ['emit', perToken, '--target', 'cuda', '--schedule', 'wide', '--type', 'x=f16', '-o', 'int8_per_token.cu'],
    all,
  ],
  mistakes: [['check', 'mistakes.kernel.ts'], all],
}

const textOf = (name: string): string => readFileSync(join(root, own, name), 'utf8')

export function kernelGuideParts(): Record<string, string> {
  const inputs = { [softcap]: textOf(softcap), [perToken]: textOf(perToken), 'mistakes.kernel.ts': mistakes }
  return {
    ...commandListings(fileCommands, ['softcap.cu', 'int8_per_token.cu'], inputs),
    softcap: fileListing(`${own}/${softcap}`),
    perToken: fileListing(`${own}/${perToken}`),
    test: fileListing(`${own}/own-kernel.test.ts`, from('import')),
    tsconfig: fileListing(`${own}/tsconfig.json`),
  }
}

const kernel = 'int8_power_of_two'
const plugin = ['--plugin', 'examples/new-kernel/power-of-two.ts']

const pluginCommands: CommandLines = {
  check: [['check', kernel, ...plugin, '--schedule', 'best', '--cases', '100', '--seed', '1'], all],
  schedules: [['list', 'schedules', kernel, ...plugin], from('  best')],
}

export const builderGuideParts = (): Record<string, string> => ({
  ...commandListings(pluginCommands),
  definition: fileListing('examples/new-kernel/power-of-two.ts'),
  test: fileListing('examples/new-kernel/power-of-two.test.ts', from('const kernel')),
})

export const sweepGuideParts = (): Record<string, string> => ({
  sweep: fileListing('examples/sweep/sweep.ts', from('import')),
})
