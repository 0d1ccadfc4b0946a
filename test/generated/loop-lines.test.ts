/** Back ends say which lines of a source come from which loops of the nest. The nest and the text of the source are the witnesses. */
import type { BackEnd, TracedKernel } from '@qernel/codegen'
import { scheduleFor } from '@qernel/codegen/internal'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { isBound, type Kernel, type LoopId, type Nest } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { leavesOf, loopsOf, parseSteps, type Step } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'

function kernelOf(name: string): Kernel {
  const found = findKernel(name)
  if (found === undefined) throw new Error(`no kernel ${name}`)
  return found.define()
}

function compiled(backEnd: BackEnd, kernel: Kernel, steps: readonly Step[]) {
  const made = backEnd.compile(kernel, steps, { fallback: false })
  const { nest } = scheduleFor(kernel, steps, backEnd.portableTarget, {})
  return { lines: linesOf(made), nest }
}

const linesOf = ({ source, loopLines }: TracedKernel) =>
  source.split('\n').map((text, i) => ({
    text,
    loops: loopLines.flatMap(({ from, to, loops }) => (from <= i + 1 && i + 1 <= to ? loops : [])),
  }))

/** Loops inside the thread around every statement that writes a buffer. */
function loopsAround(nest: Nest, buffer: string): LoopId[] {
  const around = leavesOf(nest.body).flatMap(path =>
    path.leaf.buffer === buffer ? [path.around.filter(({ mode }) => !isBound(mode)).map(({ id }) => id)] : [],
  )
  const [first = [], ...others] = around
  return first.filter(id => others.every(ids => ids.includes(id)))
}

/** The loop that a thread runs itself under a name. */
function loopNamed(nest: Nest, name: string): LoopId {
  const found = loopsOf(nest.body).find(({ loop }) => loop.name === name && !isBound(loop.mode))
  if (found === undefined) throw new Error(`no loop ${name}`)
  return found.loop.id
}

const quantize = 'int8_per_channel_quantize'
const cases: readonly (readonly [kernel: string, buffer: string, steps: string])[] = [
  [quantize, 'q', 'tile(t=8,d=64) coarsen(d=4)'],
  [quantize, 'q', 'tile(t=8,d=64) coarsen(t=4) vectorize(d=4) predicate(d=assume)'],
  [quantize, 'q', 'tile(t=8,d=64) coarsen(t=4) vectorize(d=4)'],
  [quantize, 'q', 'tile(t=8,d=64) coarsen(t=4) vectorize(d=4) predicate(t=peel)'],
  [quantize, 'q', 'tile(t=16,d=64) split(loop=d_in,by=4,inner=k) unroll(loop=k)'],
  [
    'int8_per_token',
    'q',
    'splitReduction(d=64,combine=shared,stage=scale) bind(t=grid.x,d_in=block.x,stage=scale) tile(t=4,d=32,stage=q)',
  ],
  ['int8_per_channel_dequantize', 'x', 'tile(t=8,d=64) coarsen(t=4) vectorize(d=4) predicate(d=assume)'],
  ['group_asymmetric_u4_g32_inner', 'q', 'tile(t=8)'],
]

describe.each([wgsl, cuda])('$name', backEnd => {
  test.each(cases)(
    'of %s, stores to %s are in the loops that are around them in the nest: %s',
    (name, buffer, text) => {
      const { lines, nest } = compiled(backEnd, kernelOf(name), parseSteps(text))
      const stores = lines.filter(line => new RegExp(`^ +(__st\\w+\\(&)?${buffer}(_\\w+|\\d*)\\[`).test(line.text))
      expect(stores).not.toEqual([])
      const inside = expect.arrayContaining(loopsAround(nest, buffer))
      for (const { text: line, loops } of stores) expect([line, loops]).toEqual([line, inside])
    },
  )

  test.each(cases)('of %s, a loop has all lines from its head to its brace: %s%s', (name, _, text) => {
    const { lines } = compiled(backEnd, kernelOf(name), parseSteps(text))
    const depth = (line: string): number => line.length - line.trimStart().length
    for (const [position, head] of lines.entries()) {
      if (head.loops.length === 0 || !/^ *for \(/.test(head.text)) continue
      const length = lines.slice(position + 1).findIndex(line => depth(line.text) === depth(head.text))
      const body = lines.slice(position + 1, position + 2 + length)
      expect(body.at(-1)?.text.trim()).toBe('}')
      const around = lines.slice(0, position).findLast(line => depth(line.text) < depth(head.text))?.loops ?? []
      // What the lines around it lack is its own.
      const own = head.loops.filter(id => !around.includes(id))
      expect([head.text, own.length]).toEqual([head.text, expect.toSatisfy((count: number) => count > 0)])
      for (const { text: line, loops } of body) expect([line, loops]).toEqual([line, expect.arrayContaining(own)])
    }
  })

  test('every copy of an unrolled loop is marked, and the lines around it are not', () => {
    const steps = parseSteps('tile(t=16,d=64) split(loop=d_in,by=4,inner=k) unroll(loop=k)')
    const { lines, nest } = compiled(backEnd, kernelOf('int8_per_channel_dequantize'), steps)
    const unrolled = loopNamed(nest, 'k')
    const marked = lines.flatMap((line, i) => (line.loops.includes(unrolled) ? [i] : []))
    const stores = lines.flatMap((line, i) => (/^ +x\[/.test(line.text) ? [i] : []))
    expect(stores).toHaveLength(backEnd.name === 'wgsl' ? 4 : 1)
    expect(marked).toEqual(expect.arrayContaining(stores))
    expect(lines[(marked[0] ?? 0) - 1]?.loops).not.toContain(unrolled)
    expect(lines[(marked.at(-1) ?? 0) + 1]?.loops).not.toContain(unrolled)
  })

  test('the positions of threads are marked where they are mentioned', () => {
    const { lines, nest } = compiled(backEnd, kernelOf(quantize), parseSteps('tile(t=16,d=64) vectorize(d=4)'))
    const threads = loopsOf(nest.body).filter(({ loop }) => isBound(loop.mode))
    for (const { loop } of threads) {
      const [kind, dimension] = loop.mode.split('.')
      const word = { wgsl: { grid: 'group', block: 'local' }, cuda: { grid: 'blockIdx', block: 'threadIdx' } }
      const position = `${word[backEnd.name][kind as 'grid' | 'block']}.${dimension}`
      const mentioned = lines.filter(line => line.text.includes(position)).map(line => line.text)
      expect(mentioned).not.toEqual([])
      expect(lines.filter(line => line.loops.includes(loop.id)).map(line => line.text)).toEqual(mentioned)
    }
  })
})
