/** Decode kernels that are each wrong in one way: a definition of the library with one part changed. */
import { type Expr, type Extent, type Kernel, mapExpr, type Stage } from '@qernel/dsl'

export interface WrongKernel {
  /** The mistake: "without the maximum". */
  readonly what: string
  /** The kernels in which it is made, by name. */
  readonly in: RegExp
  readonly change: (kernel: Kernel) => Kernel
}

type Change = (node: Expr) => Expr

/** Changes every node of the value of a stage. */
const inStage =
  (tensor: string | undefined, change: Change) =>
  (kernel: Kernel): Kernel => ({
    ...kernel,
    stages: kernel.stages.map(stage =>
      tensor === undefined || stage.tensor === tensor ? { ...stage, value: mapExpr(stage.value, change) } : stage,
    ),
  })

const op =
  (name: string, change: (node: Expr & { kind: 'op' }) => Expr): Change =>
  node =>
    node.kind === 'op' && node.op === name ? change(node) : node
const load =
  (buffer: RegExp, change: (node: Expr & { kind: 'load' }) => Expr): Change =>
  node =>
    node.kind === 'load' && buffer.test(node.buffer) ? change(node) : node
const reduce =
  (change: (node: Expr & { kind: 'reduce' }) => Expr): Change =>
  node =>
    node.kind === 'reduce' ? change(node) : node
const one: Expr = { kind: 'const', type: 'f32', value: 1 }
const zero = { constant: 0, terms: new Map() }
/** Reads place 0 of a dimension, whatever the loops say. */
const at0 = (dimension: number) => (node: Expr & { kind: 'load' }) => ({
  ...node,
  index: node.index.map((each, i) => (i === dimension ? zero : each)),
})
const shorter = (extent: Extent, by: number): Extent =>
  typeof extent === 'number' ? extent : { ...extent, plus: (extent.plus ?? 0) - by }

/** The reductions over an axis end one step early. */
const withoutLast = (axis: string) =>
  reduce(node => ({
    ...node,
    where: [
      ...node.where,
      ...node.axes
        .filter(({ name }) => name === axis)
        .map(({ id, extent }): Stage['where'][number] => ({
          axis,
          index: { constant: 0, terms: new Map([[id, 1]]) },
          below: shorter(extent, 1),
        })),
    ],
  }))

export const wrongKernels: readonly WrongKernel[] = [
  {
    what: 'weights without the maximum',
    in: /attention/,
    change: inStage(
      'p',
      op('sub', ({ args }) => args[0] as Expr),
    ),
  },
  {
    what: 'weights to the base e',
    in: /attention/,
    change: inStage(
      'p',
      op('exp2', node => ({ ...node, op: 'exp' })),
    ),
  },
  {
    what: 'sums of chunks that are not scaled',
    in: /attention/,
    change: inStage(
      'total',
      op('exp2', () => one),
    ),
  },
  {
    what: 'results of chunks that are not scaled',
    in: /attention/,
    change: inStage(
      'o',
      op('exp2', () => one),
    ),
  },
  { what: 'no last chunk in the sum', in: /attention/, change: inStage('total', withoutLast('c')) },
  { what: 'no last chunk in the result', in: /attention/, change: inStage('o', withoutLast('c')) },
  {
    what: 'a maximum that starts at 0',
    in: /attention/,
    change: inStage(
      'm',
      reduce(node => ({ ...node, identity: 0 })),
    ),
  },
  {
    what: 'a sum that starts at 1',
    in: /attention/,
    change: inStage(
      'l',
      reduce(node => ({ ...node, identity: 1 })),
    ),
  },
  {
    what: 'scores that start at 1',
    in: /./,
    change: inStage(
      undefined,
      reduce(node => ({ ...node, ...(node.fused && { identity: 1 }) })),
    ),
  },
  {
    what: 'scores that are not scaled',
    in: /attention/,
    change: inStage(
      's',
      load(/^scale$/, () => one),
    ),
  },
  { what: 'the first query of a head for all', in: /scores|attention/, change: inStage('s', load(/^q$/, at0(1))) },
  { what: 'the keys of the first head for all', in: /scores|attention/, change: inStage('s', load(/^k$/, at0(0))) },
  {
    what: 'the values of the first head for all',
    in: /values|attention/,
    change: inStage(undefined, load(/^v$/, at0(0))),
  },
  { what: 'the weights of the first query', in: /values/, change: inStage('o', load(/^p$/, at0(1))) },
  {
    what: 'the scale of the first token of keys',
    in: /(scores|attention)_(?!f16)/,
    change: inStage('s', load(/^k_scale$/, at0(1))),
  },
  {
    what: 'the scale of the first group of keys',
    in: /(scores|attention)_.*groups/,
    change: inStage('s', load(/^k_scale$/, at0(2))),
  },
  {
    what: 'values without scale',
    in: /(values|attention)_(?!f16)/,
    change: inStage(
      undefined,
      load(/^v_scale$/, () => one),
    ),
  },
  {
    what: 'the scale of the first group of values',
    in: /(values|attention)_.*groups/,
    change: inStage(undefined, load(/^v_scale$/, at0(2))),
  },
  {
    what: 'the zero point of the first group of keys',
    in: /(scores|attention)_uint/,
    change: inStage('s', load(/^k_zero$/, at0(2))),
  },
  {
    what: 'the sum of the query of the first group',
    in: /(scores|attention)_uint/,
    change: inStage('s', load(/^q_sum$/, at0(2))),
  },
  {
    what: 'the zero point of the first token of values',
    in: /(values|attention)_uint/,
    change: inStage(undefined, load(/^v_zero$/, at0(1))),
  },
  {
    what: 'codes one too large',
    in: /_(int|uint)/,
    change: inStage(
      undefined,
      op('toF32', node => ({ kind: 'op', type: 'f32', op: 'add', args: [node, one] })),
    ),
  },
]
