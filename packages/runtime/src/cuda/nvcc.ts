/** nvcc, the compiler as a program. It starts more slowly than NVRTC, but is often installed on machines without NVRTC. */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompilationLog } from './compilation-log.ts'
import type { CudaCompiler } from './cuda-compiler.ts'

/** @param folders toolkit folders, searched before the search path */
export function findNvcc(folders: readonly string[]): CudaCompiler | undefined {
  const candidates = [...folders.map(folder => join(folder, 'bin', 'nvcc')).filter(path => existsSync(path)), 'nvcc']
  for (const path of candidates) {
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    if (status !== 0) continue
    const version = /release (\d+\.\d+)/.exec(stdout)?.[1] ?? ''
    return {
      name: `nvcc ${version}`.trim(),
      compile: (source, name, architecture) => compile(path, source, name, architecture),
    }
  }
  return undefined
}

async function compile(nvcc: string, source: string, name: string, architecture: number): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'qernel-nvcc-'))
  try {
    const [input, output] = [join(folder, name), join(folder, 'kernel.cubin')]
    await writeFile(input, source)
    const argv = ['-cubin', `-arch=sm_${architecture}`, '-std=c++17', '-o', output, input]
    await new Promise<void>((resolve, reject) => {
      execFile(nvcc, argv, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        if (error === null) resolve()
        else reject(new CompilationLog(`${stdout}${stderr}`.trim() || error.message))
      })
    })
    return await readFile(output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
