import { kernelHash } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../src/engine/engine.ts'
import { loadLanguage } from '../src/engine/language.ts'
import type { Compiled, TextSource } from '../src/protocol.ts'

function compiled(kernel: TextSource): Compiled {
  const subject = { kernel, schedule: { kind: 'named' as const, name: 'naive' }, fixed: {}, at: {} }
  const response = answer({ kind: 'compile', id: 1, target: 'wgsl', subject })
  if (response.kind !== 'compile') throw new Error(JSON.stringify(response))
  return response.result
}

const text = (
  body: string,
): string => `import { abs, f32, i8, kernel, max, round, clamp, schedule } from '@qernel/dsl/source'
import { tile } from '@qernel/schedule'

export const halved = ({ by = 2 }: { by?: 2 | 4 } = {}) =>
  kernel('halved', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    ${body}
  })
`
const right = text(`output('y', f32, [T, D], (t, d) => x(t, d) / by)`)

describe('a kernel as text', () => {
  beforeAll(loadLanguage)

  it('is compiled, with its parameters', () => {
    const { problems, kernel, sources } = compiled({ kind: 'text', text: right, set: { by: '4' } })
    expect(problems).toEqual([])
    expect(kernel?.text).toEqual({
      name: 'halved',
      names: ['halved'],
      parameters: [{ name: 'by', value: '4', allowed: ['2', '4'] }],
    })
    expect(sources?.wgsl).toMatchObject({ kind: 'source', text: expect.stringContaining('// halved, generated') })
  })

  it('has problems at their places', () => {
    const wrong = text(`output('y', f32, [T, D], (t, d) => x(t))`)
    const { problems, kernel } = compiled({ kind: 'text', text: wrong })
    expect(kernel).toBeUndefined()
    expect(problems).toHaveLength(1)
    const { from, to } = problems[0]?.range ?? { from: 0, to: 0 }
    expect(wrong.slice(from, to)).toBe('x(t)')
  })

  it('is the first kernel that is left after an edit removed the one that was meant, or a parameter of it', () => {
    const gone = { kind: 'text', text: right, name: 'doubled', set: { element: 'f16', by: '4' } } as const
    expect(compiled(gone)).toMatchObject({ problems: [], kernel: { text: { name: 'halved' } } })
    expect(compiled(gone).kernel?.hash).toBe(compiled({ kind: 'text', text: right, set: { by: '4' } }).kernel?.hash)
    const other = compiled({ kind: 'text', text: right, set: { by: '3' } })
    expect(other.kernel?.hash).toBe(compiled({ kind: 'text', text: right }).kernel?.hash)
  })

  it.each([
    ['export const x = (', 'grammar'],
    ['', 'unknown-name'],
    ["import './none.ts'", 'unknown-name'],
  ])('has problems where nothing is a kernel: %s', (wrong, code) => {
    expect(compiled({ kind: 'text', text: wrong }).problems).toMatchObject([{ code }])
  })

  it.each(['int8_per_channel', 'group_asymmetric_u4_g64_inner', 'kivi_key_u2_dequantize', 'llama_cpp_q4_0'])(
    'is what the library has: %s',
    name => {
      const response = answer({ kind: 'text', id: 1, source: { kind: 'library', name, element: 'f16' } })
      if (response.kind !== 'text' || response.result === undefined) throw new Error(JSON.stringify(response))
      const library = findKernel(name)
      const type = library?.element.types.find(one => one.name === 'f16')
      expect(compiled(response.result).kernel?.hash).toBe(library && kernelHash(library.define(type)))
    },
  )

  it('is completed and explained, and its types are checked', () => {
    const wrong = text(`output('y', f32, [T, D], (t, d) => abs(x(t)))`)
    const at = wrong.lastIndexOf('abs')
    const asked = { id: 1, text: wrong, offset: at }
    const completed = answer({ kind: 'complete', ...asked })
    if (completed.kind !== 'complete') throw new Error(JSON.stringify(completed))
    const labels = completed.result.map(({ label }) => label)
    for (const known of ['abs', 'tile', 'output', 'x']) expect(labels).toContain(known)
    expect(answer({ kind: 'hover', ...asked })).toMatchObject({ result: { from: at, to: at + 3 } })
    const diagnosed = answer({ kind: 'diagnose', id: 1, text: wrong })
    if (diagnosed.kind !== 'diagnose') throw new Error(JSON.stringify(diagnosed))
    const ranges = diagnosed.result.map(({ range }) => range)
    expect(ranges.map(range => range && wrong.slice(range.from, range.to))).toEqual(['x'])
    expect(answer({ kind: 'diagnose', id: 1, text: right })).toMatchObject({ result: [] })
  })
})
