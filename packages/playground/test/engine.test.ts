import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { kernelLibrary } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, it } from 'vitest'
import { answer } from '../src/engine/engine.ts'
import type { Answers, Compiled, Kind, Request, ScheduleSource, StepText, Subject } from '../src/protocol.ts'

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

function asked<K extends Kind>(request: Extract<Request, { readonly kind: K }>): Answers[K] {
  const response = answer(request)
  if (!('result' in response)) throw new Error(JSON.stringify(response))
  return response.result as Answers[K]
}

const compiled = (one: Subject): Compiled => asked({ kind: 'compile', id: 1, target: 'wgsl', subject: one })
const countedOf = (one: Subject) => asked({ kind: 'counted', id: 1, target: 'wgsl', subject: one })
const waysOf = (one: Subject) => asked({ kind: 'ways', id: 1, target: 'wgsl', subject: one })

describe('compiling a subject', () => {
  it('gives both sources, and the loops after each step', () => {
    const texts = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)', 'vectorize(d=4,stage=q)']
    const found = compiled(subject(steps(...texts)))
    const kernel = kernelLibrary.find(one => one.name === 'int8_per_channel')?.define()
    if (kernel === undefined) throw new Error('no kernel')
    const parsed = parseSteps(texts.join(' '))
    expect(found.sources).toMatchObject({
      wgsl: { kind: 'source', text: wgsl.compile(kernel, parsed).source },
      cuda: { kind: 'source', text: cuda.compile(kernel, parsed).source },
    })
    expect(found.steps.map(({ outcome }) => outcome)).toEqual([1, 2, 3].map(stage => ({ kind: 'applied', stage })))
    expect(found.stages.map(({ step }) => step)).toEqual([undefined, ...texts])
    const stages = asked({ kind: 'stages', id: 1, target: 'wgsl', subject: subject(steps(...texts)) })
    expect(stages.at(-1)).toEqual(found.stages.at(-1))
    expect(stages.map(({ step }) => step)).toEqual([undefined, ...texts])
    expect(stages[1]?.lines.find(({ change }) => change === 'added')).toEqual({
      text: 'grid.x d in D/64',
      loop: expect.any(Number),
      change: 'added',
    })
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
    expect(sources?.wgsl).toMatchObject({ kind: 'none', refusal: { code: 'device-limit', step: 0, edits: [] } })
  })

  it('offers ways past the limits of a target, each of which makes a source', () => {
    const texts = ['tile(t=64,d=64,stage=q)', 'tile(d=64,stage=scale)']
    const { sources } = waysOf(subject(steps(...texts)))
    expect(sources.wgsl?.edits).not.toEqual([])
    for (const { at, remove, insert } of sources.wgsl?.edits ?? [])
      expect(compiled(subject(steps(...texts.toSpliced(at, remove, ...insert)))).sources?.wgsl.kind).toBe('source')
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
  }, 180_000)

  it('offers alternatives of a refusal as edits, each of which gets past it', () => {
    const tiles = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)']
    const texts = [...tiles, 'vectorize(d=3,stage=q)']
    const edits = waysOf(subject(steps(...texts))).step?.edits ?? []
    expect(edits.map(({ insert }) => insert)).toContainEqual(['vectorize(d=4,stage=q)'])
    for (const { at, remove, insert } of edits) {
      const other = compiled(subject(steps(...texts.toSpliced(at, remove, ...insert))))
      expect(other.steps.map(({ outcome }) => outcome.kind)).not.toContain('refused')
    }
  })

  it.each([
    ['unknown-transform', 'tiles(t=16,d=64,stage=q)'],
    ['bad-argument', 'tile(t=16,d=64,stage=p)'],
  ])('offers an edit for a misspelt name: %s', (code, text) => {
    const one = subject(steps(text))
    const edits = [{ at: 0, remove: 1, insert: ['tile(t=16,d=64,stage=q)'] }]
    expect(compiled(one).steps[0]?.outcome).toMatchObject({ kind: 'refused', refusal: { code, edits: [] } })
    expect(waysOf(one).step).toMatchObject({ code, edits })
  })

  it('marks the lines of loops and of the indices of threads, in both sources', () => {
    const one = subject(steps('tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)', 'coarsen(d=4,stage=q)'))
    const found = compiled(one)
    const loops = new Map(countedOf(one)?.loops.map(loop => [loop.id, loop]))
    for (const source of [found.sources?.wgsl, found.sources?.cuda]) {
      if (source?.kind !== 'source') throw new Error('no source')
      const lines = source.text.split('\n')
      const marked = source.marks.flatMap(({ from, to, loops: own }) =>
        own.map(id => ({ loop: loops.get(id), text: lines.slice(from - 1, to) })),
      )
      for (const { loop, text } of marked)
        if (loop === undefined || /^(grid|block)/.test(loop.mode))
          for (const line of text) expect(line).toMatch(/(group|local|blockIdx|threadIdx)\.[xy]|^ *\/\/ /)
      for (const [position, line] of lines.entries()) {
        const [, name] = /^ +for \((?:var|unsigned) ([a-z_]+?)(?:_\d+)? = 0/.exec(line) ?? []
        const own = source.marks.filter(({ from, to }) => from <= position + 1 && position + 1 <= to)
        const names = own.flatMap(mark => mark.loops.map(id => loops.get(id)?.name))
        if (name !== undefined) expect(names).toContain(name)
      }
      const modes = new Set(marked.map(({ loop }) => loop?.mode))
      for (const mode of ['grid.x', 'grid.y', 'block.x', 'block.y', 'serial']) expect(modes).toContain(mode)
    }
  })

  it('counts bytes, and says which thread touches which element', () => {
    const texts = [
      'tile(d=64,stage=scale)',
      'tile(t=16,d=64,stage=q)',
      'vectorize(d=4,stage=q)',
      'predicate(d=assume,stage=q)',
    ]
    const one = { ...subject(steps(...texts)), at: { T: 64, D: 128 } }
    const counted = countedOf(one)
    expect(counted?.sizes).toEqual({ T: 64, D: 128 })
    expect(counted?.bytes.fewest).toBe(64 * 128 * 4 + 128 * 4 + 64 * 128)
    const load = counted?.accesses.find(access => access.buffer === 'x' && access.dispatch === 1)
    expect(load).toMatchObject({
      kind: 'load',
      laneBytes: 16,
      pattern: 'contiguous',
      sectors: { moved: 16, fewest: 16 },
    })
    const access = counted?.accesses.indexOf(load as never) ?? -1
    const response = answer({ kind: 'picture', id: 1, target: 'wgsl', subject: one, access })
    const touches = response.kind === 'picture' ? (response.result?.touches ?? []) : []
    const row = touches.filter(touch => touch.row === 0)
    expect(row.map(({ thread }) => thread)).toEqual(Array.from({ length: 64 }, (_, column) => Math.floor(column / 4)))
  })

  it('offers steps of every transform that apply at a point, and says why others do not', () => {
    const tiles = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)']
    const one = subject(steps(...tiles, 'vectorize(d=4,stage=q)'))
    const response = answer({ kind: 'choices', id: 1, target: 'wgsl', subject: one, position: 1 })
    if (response.kind !== 'choices') throw new Error(JSON.stringify(response))
    for (const { steps: offered, refused } of response.result) {
      expect(offered.length > 0).toBe(refused === undefined)
      for (const text of offered) {
        const other = compiled(subject(steps(tiles[0] as string, text)))
        expect([text, other.steps[1]?.outcome.kind]).toEqual([text, 'applied'])
      }
    }
    expect(
      response.result.filter(({ steps: offered }) => offered.length > 0).map(({ transform }) => transform),
    ).toContain('tile')
  })

  it('tries other values of the arguments of a step', () => {
    const tiles = ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)']
    const one = subject(steps(...tiles, 'coarsen(d=4,stage=q)'))
    const response = answer({ kind: 'values', id: 1, target: 'wgsl', subject: one, position: 1 })
    if (response.kind !== 'values') throw new Error(JSON.stringify(response))
    const { result } = response
    expect(result.some(({ refused }) => refused === undefined)).toBe(true)
    for (const { step, refused } of result) {
      const other = compiled(subject(steps(tiles[0] as string, step, 'coarsen(d=4,stage=q)')))
      const at = other.steps.findIndex(({ outcome }) => outcome.kind === 'refused')
      expect([step, at]).toEqual([step, refused?.position ?? -1])
    }
  })
})
