/** A schedule for every refusal. */
import { wgsl } from '@qernel/codegen-wgsl'
import { affine, f32, type Kernel, kernel, type Loop, max, type Nest, sum } from '@qernel/dsl'
import { int8PerChannel, int8PerChannelQuantize, int8PerToken } from '@qernel/kernels'
import { type RefusalCode, type ScheduleOptions, substituteLoop } from '@qernel/schedule'
import { defaultNest } from '@qernel/schedule/internal'

export interface RefusalExample extends ScheduleOptions {
  readonly kernel: Kernel
  /** The last step is refused. */
  readonly steps: string
}

const quantize = int8PerChannelQuantize()
const perChannel = int8PerChannel()
const perToken = int8PerToken()

/** A sum of floats, whose order is part of its meaning. */
const rowSum = kernel('row_sum', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('total', f32, [T], t => sum(D, d => x(t, d)))
})

/** Two elements of a row, at different strides. */
const neighbours = kernel('neighbours', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t).add(x(t.mul(2))))
})

/** Groups of a row, and the row. */
const rowsAndGroups = kernel('rows_and_groups', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('row', f32, [T, D.groups(32).count], (t, g) => max(D.groups(32).at(g), e => x(t, e)))
  output('y', f32, [T, D], (t, d) => x(t, d).mul(2))
})

const portable: ScheduleOptions = {
  nativeTypes: wgsl.portableTarget.nativeTypes,
  limits: wgsl.portableTarget.limits,
}

/** A loop that writes what it reads: the transforms of the package keep such values in registers, but another package's transform may not. */
const merged = (): Nest => {
  const chain = kernel('chain', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    const once = output('once', f32, [T], t => x(t).add(1))
    output('twice', f32, [T], t => once(t).add(1))
  })
  const nest = defaultNest(chain)
  const [first, second] = nest.body as readonly [Loop, Loop]
  const both = substituteLoop(second.body, second.id, affine.variable(first.id))
  return { ...nest, body: [{ ...first, mode: 'grid.x', body: [...first.body, ...both] }] }
}

/** For codes that no schedule of the package leads to: a nest as another transform could have left it, and a step. */
export const nestExamples: Readonly<
  Partial<Record<RefusalCode, { readonly nest: () => Nest; readonly step: string }>>
> = {
  'written-inside': { nest: merged, step: 'cache(buffer=once,memory=register,at=t)' },
}

export const refusalExamples: Readonly<Partial<Record<RefusalCode, RefusalExample>>> = {
  'unknown-transform': { kernel: quantize, steps: 'titel(t=16)' },
  'bad-argument': { kernel: quantize, steps: 'tile(t=0)' },
  'no-such-loop': { kernel: quantize, steps: 'split(loop=e,by=4)' },
  'no-such-buffer': { kernel: quantize, steps: 'tile(t=16,d=16) cache(buffer=y,memory=shared)' },
  'does-not-divide': {
    kernel: quantize,
    steps: 'tile(t=16,d=16) vectorize(d=4) predicate(d=assume)',
    fixed: new Map([['D', 30]]),
  },
  'not-parallel': { kernel: perChannel, steps: 'bind(t=grid.x,stage=scale)' },
  'not-serial': { kernel: quantize, steps: 'tile(t=16,d=16) unroll(loop=d_in)' },
  'not-bound': { kernel: quantize, steps: 'coarsen(d=4)' },
  'not-nested': { kernel: quantize, steps: 'bind(d=grid.x)' },
  'not-constant': { kernel: quantize, steps: 'unroll(loop=d)' },
  'already-bound': { kernel: quantize, steps: 'tile(t=16,d=16) bind(t=grid.x)' },
  'accesses-differ': { kernel: neighbours, steps: 'tile(t=16) cache(buffer=x,memory=shared)' },
  'word-split': { kernel: quantize, steps: 'vectorize(d=2)', nativeTypes: new Set(['f32', 'i32', 'u32']) },
  reassociates: { kernel: rowSum, steps: 'splitReduction(d=8,combine=serial)' },
  'over-limit': { kernel: quantize, steps: 'tile(t=16,d=256) coarsen(d=128)' },
  'device-limit': { kernel: quantize, steps: 'tile(t=16,d=128)', ...portable },
  'lanes-differ': {
    kernel: perToken,
    steps:
      'split(loop=t,by=3,stage=scale) splitReduction(d=8,combine=subgroup,stage=scale) bind(t=grid.x,t_in=block.x,d_in=block.y,stage=scale)',
    ...portable,
    hasSubgroups: true,
  },
  'grids-differ': {
    kernel: rowsAndGroups,
    steps: 'fuse(producer=row,consumer=y) bind(t=grid.x,g=grid.y,d=grid.y)',
    ...portable,
  },
  'no-subgroups': { kernel: perToken, steps: 'splitReduction(d=64,combine=subgroup,stage=scale)', hasSubgroups: false },
  depends: { kernel: perToken, steps: 'fuse(producer=q,consumer=scale)' },
  'not-owner': {
    kernel: perToken,
    steps:
      'fuse(producer=scale,consumer=q) cache(buffer=x,memory=register,at=t) split(loop=d,by=32,stage=q) bind(t=grid.x,d=block.x,stage=q)',
    fixed: new Map([['D', 128]]),
  },
}
