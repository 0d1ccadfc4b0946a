import { applySteps, bind, defineTransform, factor, loopsOf, parameters, refuse, split } from '@qernel/schedule'

/** Workgroups go down a few rows of tiles before moving to the next column of tiles, so that a cache keeps the data that rows share. */
export const swizzle = defineTransform({
  name: 'swizzle',
  summary: 'sends workgroups down a few rows of tiles before the next column, so that caches keep what rows share',
  parameters: parameters({ rows: factor([2, 4, 8]) }),
  numerics: 'exact',
  example: 'tile(t=16,d=64) swizzle(rows=4)',
  apply(nest, { rows }, context) {
    const bound = (mode: string) => loopsOf(nest.body).find(({ loop }) => loop.mode === mode)?.loop.name
    const [row, column] = [bound('grid.y'), bound('grid.x')]
    if (row === undefined || column === undefined)
      return refuse('not-bound', 'rows and columns of tiles have to be on the grid', [], ['tile(t=16,d=16)'])
    const steps = [
      bind({ [row]: 'serial', [column]: 'serial' }),
      split({ loop: row, by: rows, inner: `${row}_few` }),
      bind({ [row]: 'grid.z', [`${row}_few`]: 'grid.x', [column]: 'grid.y' }),
    ]
    return applySteps(nest, steps, context)
  },
})
