import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { kernelLibrary } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, it } from 'vitest'
import { answer } from '../src/engine/engine.ts'
import type { Compiled, ScheduleSource, StepText, Subject } from '../src/protocol.ts'

const subject = (schedule: ScheduleSource, name = 'int8_per_channel'): Subject => ({
  kernel: { kind: 'library', name },
  schedule,
  fixed: {},
  at: {},
})

const steps = (...texts: readonly (string | StepText)[]): ScheduleSource => ({
  kind: 'steps',
  steps: texts.map(one => (typeof one === 'string' ? { text: one, isOn: true } : one)),
})

function compiled(one: Subject): Compiled {
  const response = answer({ kind: 'compile', id: 1, target: 'wgsl', subject: one })
  if (response.kind !== 'compiled') throw new Error(response.message)
  return response.compiled
}

describe('compiling a subject', () => {
  it('gives both sources, and the loops after each step', () => {
    const texts = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)', 'vectorize(d=4,stage=q)']
    const found = compiled(subject(steps(...texts)))
    const kernel = kernelLibrary.find(one => one.name === 'int8_per_channel')?.define()
    if (kernel === undefined) throw new Error('no kernel')
    const parsed = parseSteps(texts.join(' '))
    expect(found.sources).toEqual({
      wgsl: { kind: 'source', text: wgsl.compile(kernel, parsed).source },
      cuda: { kind: 'source', text: cuda.compile(kernel, parsed).source },
    })
    expect(found.steps.map(({ outcome }) => outcome)).toEqual([1, 2, 3].map(stage => ({ kind: 'applied', stage })))
    expect(found.stages.map(({ step }) => step)).toEqual([undefined, ...texts])
    expect(found.stages[1]?.lines[0]).toEqual({ text: 'grid.x d in D/64', loop: expect.any(Number) })
  })

  it('finds schedules by name, and lists their steps', () => {
    const found = compiled(subject({ kind: 'named', name: 'vectorized' }))
    expect(found.steps.map(({ text }) => text)).toEqual(
      found.kernel?.schedules.find(one => one.name === 'vectorized')?.steps,
    )
    expect(found.kernel?.schedules.map(({ name }) => name)).toContain('best')
  })

  it('says which step is refused, and keeps what the steps before it make', () => {
    const tiles = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)']
    const found = compiled(subject(steps(...tiles, 'vectorize(d=3,stage=q)', 'predicate(d=assume,stage=q)')))
    expect(found.steps.map(({ outcome }) => outcome.kind)).toEqual(['applied', 'applied', 'refused', 'unreached'])
    expect(found.stages.filter(one => !one.isRepair)).toHaveLength(3)
    expect(found.sources).toEqual(compiled(subject(steps(...tiles))).sources)
  })

  it('leaves out what is switched off, and says where a text is no step', () => {
    const off = { text: 'vectorize(', isOn: false }
    const found = compiled(subject(steps(off, 'tile(t=16,d=64,stage=q)', 'tile(d=', 'vectorize(d=4)')))
    expect(found.steps.map(({ outcome }) => outcome.kind)).toEqual(['off', 'applied', 'unreadable', 'unreached'])
    expect(found.steps[2]?.outcome).toEqual({
      kind: 'unreadable',
      at: 7,
      message: 'a value is expected; steps are written as tile(t=16,d=16)',
    })
  })

  it('says why a schedule cannot run yet, and which step is at fault', () => {
    const { sources, steps: results } = compiled(subject(steps('tile(t=64,d=64,stage=q)', 'tile(d=64,stage=scale)')))
    expect(results.map(({ outcome }) => outcome.kind)).toEqual(['applied', 'applied'])
    expect(sources?.wgsl).toMatchObject({ kind: 'none', refusal: { code: 'device-limit', step: 0 } })
  })

  it.each([
    [{ ...subject(steps()), kernel: { kind: 'library' as const, name: 'int8_per_chanel' } }, 'no-such-kernel'],
    [{ ...subject(steps()), kernel: { kind: 'library' as const, name: 'kivi_key', element: 'i7' } }, 'no-such-kernel'],
    [subject({ kind: 'named', name: 'quickest' }), 'no-such-schedule'],
    [{ ...subject(steps()), fixed: { D: -1 } }, 'size'],
  ])('reports a problem of the whole request: %o', (one, code) => {
    expect(compiled(one).problems).toMatchObject([{ code }])
  })

  it('has loops to show for every kernel without steps, apart from those that the target adds', () => {
    const counts = kernelLibrary.map(
      ({ name }) => compiled(subject(steps(), name)).stages.filter(one => !one.isRepair).length,
    )
    expect(new Set(counts)).toEqual(new Set([1]))
  })
})
