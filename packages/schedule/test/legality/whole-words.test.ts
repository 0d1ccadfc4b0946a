/** Every word of a packed tensor is written whole, by one store of one thread. */
import {
  type Affine,
  affine,
  f32,
  i3,
  i8,
  interpretKernel,
  interpretNest,
  type Kernel,
  kernel,
  type LoopId,
  type Nest,
  type Statement,
  type Store,
  type Tensor,
  type Update,
  u2,
} from '@qernel/dsl'
import { elementsPerUnit } from '@qernel/dsl/internal'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  applySchedule,
  applyStep,
  findTransform,
  isRefusal,
  leavesOf,
  nestText,
  parseSteps,
  printSteps,
  ScheduleRefusal,
  type Step,
  type Transform,
} from '../../src/index.ts'
import { defaultNest, storeUnit } from '../../src/internal.ts'
import { grouped, kernels, perChannel, quantize, rankThree } from '../kernels.ts'
import { randomInputs } from '../random-inputs.ts'
import { draws, stepOf } from '../random-steps.ts'

/** The types that WGSL addresses directly. */
const words = new Set(['f32', 'i32', 'u32'])
const repaired = (k: Kernel, steps: string) => applySchedule(k, parseSteps(steps), { nativeTypes: words })

/** Codes of 3 and of 2 bits, in groups of 32. */
const narrow = kernel('narrow', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('a', i3, [T, D.groups(32)], (t, d) => x(t, d).round())
  output('b', u2, [T, D], (t, d) => x(t, d).round())
})

describe("repairs are steps before the author's steps", () => {
  test('no repair is made without a target, for elements that are words, or for vectors that cover words', () => {
    expect(applySchedule(quantize, parseSteps('tile(t=16,d=16)')).repairs).toEqual([])
    expect(applySchedule(quantize, [], { nativeTypes: new Set(['f32', 'i8']) }).repairs).toEqual([])
    expect(repaired(quantize, 'tile(t=16,d=64) vectorize(d=4)').repairs).toEqual([])
    expect(repaired(quantize, 'tile(t=16,d=64) vectorize(d=8)').repairs).toEqual([])
  })

  test('bytes are repaired by giving each thread 4 of them', () => {
    const { repairs, steps, history, nest } = repaired(quantize, 'tile(t=16,d=16)')
    expect(printSteps(repairs)).toBe('vectorize(d=4,access=1,stage=q)')
    expect(printSteps(steps)).toBe('tile(t=16,d=16)')
    expect(history).toHaveLength(3)
    expect(`${nestText(nest)}\n`).toMatchInlineSnapshot(`
      "grid.y t in T/16
        grid.x d in D/64
          block.y t_in in 16
            block.x d_in in 16
              vector d_vec in 4
                q[16·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + 4·d_in + d_vec] / scale[64·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 64·d + 4·d_in + d_vec < D
      "
    `)
  })

  test('one stage is repaired although another is already vectorized, and the steps run only once', () => {
    const apply = vi.spyOn(findTransform('tile') as Transform, 'apply')
    try {
      const { repairs } = repaired(narrow, 'vectorize(d=32,stage=a) tile(t=4,stage=a)')
      expect(printSteps(repairs)).toBe('vectorize(d=16,access=1,stage=b)')
      expect(apply).toHaveBeenCalledTimes(1)
      // The author's vectors for a single stage may be enough.
      expect(repaired(narrow, 'vectorize(d=32) tile(t=4,stage=a)').repairs).toEqual([])
      expect(apply).toHaveBeenCalledTimes(2)
    } finally {
      apply.mockRestore()
    }
  })

  test.each([
    ['i4 in groups of 8: one group per word', grouped, 'vectorize(d=8,access=1,stage=q)'],
    ['f16: pairs', rankThree, 'vectorize(t=2,access=1,stage=y)'],
    ['two stages, one of them packed: only that one', perChannel, 'vectorize(d=4,access=1,stage=q)'],
    [
      '3-bit codes: 32 of them in three words',
      narrow,
      'vectorize(d=32,access=1,stage=a) vectorize(d=16,access=1,stage=b)',
    ],
  ])('repairs %s', (_, k, steps) => {
    expect(printSteps(repaired(k, '').repairs)).toBe(steps)
  })

  test('each type has a number of elements that fill whole words', () => {
    const unit = (k: Kernel, name: string) => storeUnit(k.tensors.find(t => t.name === name) ?? fail(name), words)
    expect([
      unit(quantize, 'q'),
      unit(grouped, 'q'),
      unit(rankThree, 'y'),
      unit(narrow, 'a'),
      unit(quantize, 'scale'),
    ]).toEqual([4, 8, 2, 32, 1])
  })
})

const fail = (name: string): never => {
  throw new Error(`there is no tensor ${name}`)
}

describe('refuses with word-split', () => {
  const refusalOf = (k: Kernel, steps: string): ScheduleRefusal => {
    try {
      repaired(k, steps)
    } catch (error) {
      if (error instanceof ScheduleRefusal) return error
      throw error
    }
    throw new Error('nothing was refused')
  }

  test('vectors of the author that are narrower than a word', () => {
    const { refusal, message } = refusalOf(quantize, 'tile(t=16,d=16) vectorize(d=2)')
    expect(refusal.code).toBe('word-split')
    expect(message).toMatchInlineSnapshot(`
      "step 2, vectorize(d=2): d_vec holds 2 elements, but a word of q holds 4 i8 [word-split]
          grid.y t in T/16
            grid.x d in D/16
              block.y t_in in 16
                block.x d_in in 8
                  vector d_vec in 2
                  ^^^^^^^^^^^^^^^^^
                    q[16·t + t_in, 16·d + 2·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + 2·d_in + d_vec] / scale[16·d + 2·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 16·d + 2·d_in + d_vec < D
      try vectorize(d=4), vectorize(d=8), vectorize(d=16) or cache(buffer=q,memory=shared,at=d,stage=q)"
    `)
    for (const alternative of refusal.alternatives)
      expect(repaired(quantize, `tile(t=16,d=16) ${alternative}`).repairs).toEqual([])
  })

  test('parts of a group that ends inside a word', () => {
    const sixes = kernel('sixes', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', f32, [D])
      output('q', i8, [D.groups(6)], d => x(d).round())
    })
    const { refusal } = refusalOf(sixes, 'bind(d_group=grid.y,d=grid.x)')
    expect(refusal.code).toBe('word-split')
    expect(refusal.message).toContain('2 iterations of d_group are whole words of q together')
  })
})

/** Words of packed outputs that more than one store writes. */
function sharedWords(nest: Nest, sizes: ReadonlyMap<string, number>): string[] {
  const found = new Set<string>()
  const owners = new Map<string, string>()
  const environment = new Map<LoopId, number>()
  const isPacked = (s: Store | Update): boolean => {
    const { type, memory } = nest.buffers.get(s.buffer) ?? fail(s.buffer)
    return memory === 'global' && !words.has(type.name)
  }
  const walk = (s: Statement, store: string): void => {
    if (s.kind === 'loop') {
      const extent = affine.extentValue(s.extent, sizes)
      const body = s.body.filter(inner => leavesOf([inner]).some(({ leaf }) => isPacked(leaf)))
      for (let i = 0; i < extent && body.length > 0; i++) {
        environment.set(s.id, i)
        // The lanes of a vector are one store.
        for (const inner of body) walk(inner, s.mode === 'vector' ? store : `${store}.${i}`)
      }
      return
    }
    const value = (a: Affine) =>
      [...a.terms].reduce((sum, [id, c]) => sum + c * (environment.get(id) as number), a.constant)
    if (s.where.some(({ index, below }) => value(index) >= affine.extentValue(below, sizes))) return
    if (!isPacked(s)) return
    const { type } = nest.buffers.get(s.buffer) ?? fail(s.buffer)
    const at = s.index.map(value)
    const word = [...at.slice(0, -1), Math.floor((at.at(-1) as number) / elementsPerUnit(type))].join()
    const owner = owners.get(`${s.buffer} ${word}`) ?? store
    if (owner !== store) found.add(`${s.buffer}[${word}] is written by ${owner} and by ${store}`)
    owners.set(`${s.buffer} ${word}`, store)
  }
  for (const [position, s] of nest.body.entries()) walk(s, `${position}`)
  return [...found]
}

test('the check finds a word with two owners', () => {
  const nest = defaultNest(quantize)
  expect(
    sharedWords(
      nest,
      new Map([
        ['T', 1],
        ['D', 2],
      ]),
    ),
  ).toHaveLength(1)
})

test('random schedules are refused or give every word one owner and keep the results', () => {
  const candidates = [quantize, grouped, rankThree, narrow, perChannel, ...kernels]
  let accepted = 0
  const property = fc.property(
    fc.nat(candidates.length - 1),
    draws,
    fc.array(fc.constantFrom(0, 1, 3, 8, 17, 33), { minLength: 3, maxLength: 3 }),
    fc.nat(1e6),
    (which, list, values, seed) => {
      const k = candidates[which] as Kernel
      const steps: Step[] = []
      let nest = defaultNest(k)
      for (const draw of list) {
        const step = stepOf(nest, draw)
        const next = step.transform === 'predicate' ? undefined : applyStep(nest, step)
        if (next === undefined || isRefusal(next)) continue
        nest = next
        steps.push(step)
      }
      let result: ReturnType<typeof applySchedule>
      try {
        result = applySchedule(k, steps, { nativeTypes: words })
      } catch (error) {
        expect(error, printSteps(steps)).toBeInstanceOf(ScheduleRefusal)
        return
      }
      accepted++
      const sizes = new Map(k.sizes.map(({ name }, i) => [name, values[i] as number]))
      const about = `${k.name}: ${printSteps([...result.repairs, ...steps])}`
      expect(sharedWords(result.nest, sizes), about).toEqual([])
      const inputs = randomInputs(k, sizes, seed)
      // Temporaries may be kept on chip and never stored.
      const outputs = (all: ReadonlyMap<string, Tensor>) =>
        k.tensors.filter(({ role }) => role === 'output').map(({ name }) => all.get(name))
      expect(outputs(interpretNest(result.nest, inputs, sizes)), about).toEqual(
        outputs(interpretKernel(k, inputs, sizes)),
      )
    },
  )
  fc.assert(property, { numRuns: Number(process.env.QERNEL_CASES ?? 300) })
  expect(accepted).toBeGreaterThan(100)
}, 600_000)
