import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { commands } from '../../src/commands.ts'
import { inThisProcess } from '../command-line.ts'

const { file, path } = temporaryFolder()
const script = async (shell: string): Promise<string> => (await inThisProcess(['completion', shell])).stdout
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0

test.skipIf(!has('bash'))('bash completes commands, options, their values and kernels', async () => {
  const text = await script('bash')
  const completed = (...words: string[]): string[] => {
    const quoted = words.map(word => `'${word}'`).join(' ')
    const asked = `${text}\nCOMP_WORDS=(qernel ${quoted}); COMP_CWORD=${words.length}; _qernel; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' })
    expect(stderr).toBe('')
    return stdout.trim().split('\n')
  }
  expect(completed('')).toEqual([...commands.map(({ name }) => name), '--help', '--version'])
  expect(completed('emit', '--targ')).toEqual(['--target'])
  expect(completed('emit', '--target', '')).toEqual(['wgsl', 'cuda'])
  expect(completed('emit', 'int8_per_token_deq')).toEqual(['int8_per_token_dequantize'])
  expect(completed('list', 'k')).toEqual(['kernels'])
  expect(completed('emit', '--output', '')).toEqual([''])
})

test.skipIf(!has('fish'))('fish completes kernels and kernel files', async () => {
  const text = await script('fish')
  file('mine.kernel.ts', '')
  const asked = `${text}\ncd ${path}\ncomplete -C 'qernel emit '`
  const { stdout } = spawnSync('fish', ['--no-config', '-c', asked], { encoding: 'utf8' })
  const completed = stdout.split('\n').map(line => line.split('\t')[0])
  expect(completed).toEqual(expect.arrayContaining(['int8_per_token', 'mine.kernel.ts']))
})

test.each(['bash', 'zsh', 'fish'])(
  '%s: the script contains every option of every command, and the shell can read it',
  async shell => {
    const text = await script(shell)
    for (const { options } of commands)
      for (const name of Object.keys(options)) expect(text).toContain(shell === 'fish' ? `-l ${name}` : `--${name}`)
    if (!has(shell)) return
    const { status, stderr } = spawnSync(shell, ['-n', file(`completion.${shell}`, text)], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  },
)
