/** What a run ends with where nothing can run. */
import { LoweringError } from '@qernel/codegen'
import { DeviceLostError } from '@qernel/runtime/webgpu'
import { describe, expect, it } from 'vitest'
import type { Subject } from '../../src/protocol.ts'
import { run } from '../../src/run/run.ts'
import { runnable } from '../../src/run/runnable.ts'
import { stopped } from '../../src/run/stopped.ts'

const subject = (...texts: readonly string[]): Subject => ({
  kernel: { kind: 'library', name: 'int8_per_channel_quantize' },
  schedule: { kind: 'steps', steps: texts.map(text => ({ text, isOn: true })) },
  fixed: {},
  at: {},
})

describe('running', () => {
  it('says so where there is no WebGPU', async () => {
    expect(await run({ kind: 'device', id: 1 }, () => undefined)).toEqual({
      kind: 'stopped',
      reason: 'no-webgpu',
      message: 'This browser has no WebGPU, so kernels cannot run here; everything else on this page works.',
    })
  })

  it.each([
    [['vectorize(d=3)'], 'Step 1: '],
    [['tile(t=16,d=16)', 'vectorize('], 'Step 2: '],
  ])('does not run a schedule of which a step is refused or no step: %o', (texts, begin) => {
    expect(runnable(subject(...texts))).toMatchObject({
      reason: 'refused',
      message: expect.stringMatching(`^${begin}`),
    })
  })

  it.each([
    [new DeviceLostError('lost', 'The device was lost'), 'lost'],
    [new LoweringError('too many arrays'), 'refused'],
    [new Error('something else'), 'failed'],
    ['no error at all', 'failed'],
  ])('makes an outcome of whatever is thrown: %s', (error, reason) => {
    expect(stopped(error)).toMatchObject({ kind: 'stopped', reason })
  })
})
