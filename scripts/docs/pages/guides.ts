/** docs/write-a-kernel.md and docs/tune-from-a-script.md: every listing is a file that is tested, every command is run. */
import { all, type CommandLines, commandListings, fileListing, from } from '../listings.ts'

const kernel = 'int8_power_of_two'
const plugin = ['--plugin', 'examples/new-kernel/power-of-two.ts']

const commands: CommandLines = {
  check: [['check', kernel, ...plugin, '--schedule', 'best', '--cases', '100', '--seed', '1'], all],
  schedules: [['list', 'schedules', kernel, ...plugin], from('  best')],
  emit: [
    ['emit', kernel, ...plugin, '--target', 'cuda', '--schedule', 'naive'],
    printed => /^extern "C" __global__[\s\S]*?^}$/m.exec(printed)?.[0] ?? '',
  ],
}

export const kernelGuideParts = (): Record<string, string> => ({
  ...commandListings(commands),
  definition: fileListing('examples/new-kernel/power-of-two.ts'),
  test: fileListing('examples/new-kernel/power-of-two.test.ts', from('const kernel')),
})

export const sweepGuideParts = (): Record<string, string> => ({
  sweep: fileListing('examples/sweep/sweep.ts', from('import')),
})
