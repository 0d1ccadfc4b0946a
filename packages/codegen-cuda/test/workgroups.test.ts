/** What a schedule says of whole workgroups: how many threads are resident, and versions for those that are entirely in bounds. */
import { f32, kernel, sum } from '@qernel/dsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { expect, test } from 'vitest'
import { compileSteps } from './compile.ts'

test('occupancy is the second launch bound: workgroups per multiprocessor, rounded up', () => {
  const bounds = (threads: number): readonly (string | undefined)[] =>
    [
      ...compileSteps(int8PerChannelQuantize(), `tile(t=4,d=48) occupancy(threads=${threads})`).source.matchAll(
        /__launch_bounds__\((.*?)\)/g,
      ),
    ].map(([, found]) => found)
  expect(bounds(1024)).toEqual(['192, 6'])
  expect(bounds(96)).toEqual(['192, 1'])
})

const product = kernel('product', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const [q, k] = [input('q', f32, [D]), input('k', f32, [T, D])]
  output('s', f32, [T], t => sum(D, d => q(d).mul(k(t, d))))
})

test.each(['shared', 'subgroup'] as const)(
  'all threads of a workgroup take one version, and combine %s lanes in it',
  how => {
    const steps = `split(loop=t,by=8,inner=u) splitReduction(d=64,combine=${how},inner=lane,reassociate=true) split(loop=u,by=4,inner=row) reorder(order=row.u) bind(t=grid.x,row=block.y,lane=block.x) predicate(t=peel,by=workgroup)`
    const { source } = compileSteps(product, steps, { fixed: new Map([['D', 128]]) })
    const body = source.slice(source.indexOf('__global__'), source.indexOf('\n}\n'))
    const [before = '', whole = '', tail = ''] = body.split(/\n {2}if \(t\w* \+ 7u (?:<|>=) T\) \{\n/)
    expect(tail).not.toBe('')
    for (const version of [whole, tail]) expect(version).toContain('__syncthreads();')
    expect(before).not.toContain('__syncthreads')
    // Only the tail tests rows.
    expect(whole).not.toContain('< T')
    expect(tail).toContain('< T')
  },
)
