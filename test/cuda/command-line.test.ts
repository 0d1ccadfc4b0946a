/** `--device cuda` on the command line: with a driver, which here is the CPU, and without. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readNpy } from '@qernel/arrays'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildLibrary, hasHostCompiler } from './host/host-cuda.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The output of the built `qernel`. */
function qernel(...words: string[]): string {
  const bin = 'packages/cli/bin/qernel.js'
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' })
  expect([0, 2], stderr).toContain(status)
  return status === 0 ? stdout : stderr
}

const argv = ['run', 'int8_per_token', '--input', 'x=examples/data/kv-head.safetensors#key[0:50]', '--device', 'cuda']

describe.skipIf(!hasHostCompiler)('with a CUDA device (skipped if there is no g++)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-cuda-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  beforeAll(() => {
    const library = buildLibrary()
    vi.stubEnv('QERNEL_LIBCUDA', library)
    vi.stubEnv('QERNEL_LIBNVRTC', library)
    return () => vi.unstubAllEnvs()
  })

  test('run executes a CUDA schedule', async () => {
    const { device, schedule, outputs, time } = JSON.parse(
      qernel(...argv, '--schedule', 'best', '--repeats', '3', '--out', folder, '--json'),
    )
    expect(device).toMatchObject({ kind: 'cuda', name: 'CUDA on the host' })
    expect(JSON.stringify(schedule)).toContain('subgroup')
    expect(outputs).toMatchObject([
      { name: 'scale', type: 'f32', shape: [50], equal: 50, total: 50, wrong: 0 },
      { name: 'q', type: 'i8', shape: [50, 128], equal: 6400, total: 6400, wrong: 0 },
    ])
    expect(time.samples).toHaveLength(3)
    expect((await readNpy(join(folder, 'q.npy'))).shape).toEqual([50, 128])
  })

  test('doctor shows the device', () => {
    const text = qernel('doctor', '--device', 'cuda')
    expect(text).toMatch(/^CUDA on the host +CUDA 13\.0 +hardware +CUDA driver$/m)
    expect(text).toMatch(/^Used: CUDA on the host, since it is the first CUDA device$/m)
    expect(text).toMatch(/^ {2}subgroup +32 lanes, in the order of the threads$/m)
  })
})

test('without a driver, one sentence says what to install', () => {
  vi.stubEnv('QERNEL_LIBCUDA', '/nonexistent/libcuda.so')
  const stderr = qernel(...argv)
  vi.unstubAllEnvs()
  expect(stderr).toBe(
    "qernel run: No CUDA device: /nonexistent/libcuda.so, which QERNEL_LIBCUDA names, cannot be loaded; install NVIDIA's driver\n" +
      '  --device reference needs no device\n',
  )
})
