import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel } from '@qernel/kernels'
import { applySchedule, applyStep, costOf, generateStep, isRefusal, listTransforms, parseSteps } from '@qernel/schedule'
import { usualSizes } from '@qernel/schedule/internal'
import { describe, expect, it } from 'vitest'
import { answer } from '../src/engine/engine.ts'
import type { TransformChoices } from '../src/protocol.ts'

function choices(name: string, steps: readonly string[]): readonly TransformChoices[] {
  const schedule = { kind: 'steps' as const, steps: steps.map(text => ({ text, isOn: true })) }
  const subject = { kernel: { kind: 'library' as const, name }, schedule, fixed: {}, at: {} }
  const response = answer({ kind: 'choices', id: 1, target: 'cuda', subject, position: steps.length })
  if (response.kind !== 'choices') throw new Error(JSON.stringify(response))
  return response.result
}

const points = [
  ['int8_per_channel', []],
  ['int8_per_channel', ['tile(d=64,stage=scale)', 'tile(t=16,d=64,stage=q)']],
  ['int8_per_channel_quantize', ['tile(t=8,d=128)', 'vectorize(d=4)']],
  ['int8_per_token', ['splitReduction(d=32,combine=shared)']],
  ['kivi_key_u2', []],
  ['llama_cpp_q8_0', []],
] as const

describe('the steps that are offered at a point', () => {
  it.each(points)('are of every transform that a random step of it applies there: %s %o', (name, steps) => {
    const { nest } = scheduled(name, steps)
    const random = randomNumbers(Number(process.env.QERNEL_SEED ?? 1))
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const applies = listTransforms().filter(transform =>
      Array.from({ length: 60 }).some(
        () => !isRefusal(applyStep(nest, generateStep(nest, transform, pick), true, false)),
      ),
    )
    const offered = choices(name, steps)
      .filter(one => one.steps.length > 0)
      .map(({ transform }) => transform)
    expect(offered).toEqual(expect.arrayContaining(applies.map(transform => transform.name)))
  })

  it('are the same each time, and as often as the transforms are listed', () => {
    const steps = ['tile(t=16,d=64,stage=q)']
    const found = choices('int8_per_channel', steps)
    expect(choices('int8_per_channel', steps)).toEqual(found)
    expect(found.map(({ transform }) => transform)).toEqual(listTransforms().map(({ name }) => name))
  })

  it('begin with those that move the fewest bytes', () => {
    const told = points.flatMap(([name, steps]) =>
      choices(name, steps).map(one => one.steps.map(text => moved(name, [...steps, text]))),
    )
    expect(told).toEqual(told.map(bytes => bytes.toSorted((a, b) => a - b)))
    expect(told.filter(bytes => new Set(bytes).size > 1).length).toBeGreaterThan(2)
  })
})

/** The bytes that a schedule moves where open sizes are about 1024. */
function moved(name: string, steps: readonly string[]): number {
  const { nest } = scheduled(name, steps)
  const { readBytes, writtenBytes } = costOf(nest, usualSizes(nest, new Map()))
  return readBytes + writtenBytes
}

function scheduled(name: string, steps: readonly string[]) {
  const kernel = findKernel(name)?.define()
  if (kernel === undefined) throw new Error('no kernel')
  return applySchedule(kernel, parseSteps(steps.join(' ')), { hasSubgroups: true })
}
