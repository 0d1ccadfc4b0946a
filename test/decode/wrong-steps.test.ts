/**
 * Steps that make decode attention wrong after a step that reorders its sums: `check` holds such loops to the definition too, within what any order of the sums
 * may give.
 */
import { type Expr, type Kernel, mapExpr, type Nest } from '@qernel/dsl'
import { axisFactors, defineTransform, type Leaf, mapLeaves, parseSteps } from '@qernel/schedule'
import { CheckError, checkSchedule } from '@qernel/testing'
import { expect, test } from 'vitest'
import { smallDecode } from '../kernels/small-decode.ts'

const kernel = smallDecode.find(({ name }) => name === 'attention_int8_per_token') as Kernel
const reordered = 'splitReduction(t=2,combine=serial,reassociate=true,stage=a)'

const zero = { constant: 0, terms: new Map() }
const one: Expr = { kind: 'const', type: 'f32', value: 1 }
const inValues =
  (change: (node: Expr, leaf: Leaf) => Expr) =>
  (leaf: Leaf): Leaf => ({ ...leaf, value: mapExpr(leaf.value, node => change(node, leaf)) })
const isLoad = (node: Expr, buffer: string): node is Expr & { kind: 'load' } =>
  node.kind === 'load' && node.buffer === buffer

const mistakes: Readonly<Record<string, (leaf: Leaf) => Leaf>> = {
  startsAtOne: leaf =>
    leaf.kind === 'store' && leaf.value.kind === 'const' && leaf.value.value === 0 ? { ...leaf, value: one } : leaf,
  endsEarly: leaf => ({
    ...leaf,
    where: leaf.where.map(guard =>
      typeof guard.below === 'object' && guard.below.size === 'T'
        ? { ...guard, below: { ...guard.below, plus: (guard.below.plus ?? 0) - 1 } }
        : guard,
    ),
  }),
  naturalExponent: inValues(node => (node.kind === 'op' && node.op === 'exp2' ? { ...node, op: 'exp' } : node)),
  chunksAsTheyAre: inValues((node, leaf) =>
    leaf.stage === 'o' && node.kind === 'op' && node.op === 'exp2' ? one : node,
  ),
  firstHead: inValues(node =>
    isLoad(node, 'k') ? { ...node, index: node.index.map((each, i) => (i === 0 ? zero : each)) } : node,
  ),
  firstQuery: inValues(node =>
    isLoad(node, 'p') ? { ...node, index: node.index.map((each, i) => (i === 1 ? zero : each)) } : node,
  ),
  withoutScale: inValues(node => (isLoad(node, 'v_scale') ? one : node)),
}

for (const [name, change] of Object.entries(mistakes))
  defineTransform({
    name,
    summary: 'a mistake',
    parameters: axisFactors({}),
    numerics: 'exact',
    example: `${name}()`,
    apply: (nest: Nest) => ({ ...nest, body: mapLeaves(nest.body, change) }),
  })

test('reordered sums are right', async () => {
  const report = await checkSchedule(kernel, reordered, { cases: 40, seed: 1, compose: false })
  expect(report).toMatchObject({ cases: 40, simulated: 40 })
})

test.each(Object.keys(mistakes))('%s is found', async name => {
  const steps = [...parseSteps(reordered), { transform: name }]
  await expect(checkSchedule(kernel, steps, { cases: 60, seed: 1, compose: false })).rejects.toThrow(CheckError)
})
