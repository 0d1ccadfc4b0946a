/** Pages in a real browser, headless Chromium from npm, under the strictest Content-Security-Policy that still allows scripts. */
import { fileURLToPath } from 'node:url'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { int8PerChannel } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import type { Exported as Compiles } from './compiles.ts'
import { hasBrowser, withPage } from './page.ts'
import type { Exported as Runs } from './runs.ts'

const entry = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

describe.skipIf(!hasBrowser)('a page without unsafe-eval', () => {
  test('compiles kernels to the same WGSL and CUDA as Node does', async () => {
    const steps = 'tile(d=64,stage=scale) tile(t=16,d=64,stage=q) vectorize(d=4,stage=q)'
    const found = await withPage(entry('compiles'), page =>
      page.evaluate(text => {
        const { compile, evaluated } = (globalThis as unknown as { exported: Compiles }).exported
        return { ...compile('int8_per_channel', text), evaluated }
      }, steps),
    )
    const parsed = parseSteps(steps)
    // The test relies on this: the page refuses to compile text as code.
    expect(found.evaluated).toBe('EvalError')
    expect(found.wgsl).toBe(wgsl.compile(int8PerChannel(), parsed).source)
    expect(found.cuda).toBe(cuda.compile(int8PerChannel(), parsed).source)
  }, 120_000)

  test('runs a kernel on its own GPUDevice, with the probe and the checks of Node', async () => {
    const steps = 'tile(d=64,stage=scale) tile(t=16,d=64,stage=q) vectorize(d=4,stage=q)'
    const found = await withPage(entry('runs'), page =>
      page.evaluate(text => (globalThis as unknown as { exported: Runs }).exported.run(text), steps),
    )
    expect(found).toMatchObject({ division: 'native', different: [0, 0], compared: 21 * 36, samples: 3, isAlive: true })
    expect(found.name).toMatch(/swiftshader/i)
    expect(found.probed).toBeGreaterThan(90_000)
  }, 120_000)
})
