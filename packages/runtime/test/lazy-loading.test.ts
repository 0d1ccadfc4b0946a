import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('importing the package loads no driver', () => {
  const script = `
    await import('@qernel/runtime')
    const loaded = process.report.getReport().sharedObjects.filter(path => /dawn|vulkan/.test(path))
    process.stdout.write(JSON.stringify(loaded))
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type', 'module', '--eval', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  expect({ stdout, stderr }).toEqual({ stdout: '[]', stderr: '' })
})
