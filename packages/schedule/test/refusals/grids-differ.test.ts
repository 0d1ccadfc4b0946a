import { abs, f32, kernel, max } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { portable, refusalAnywhere } from './refusal.ts'

const rowsAndGroups = kernel('rows_and_groups', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('row', f32, [T, D.groups(32).count], (t, g) => max(D.groups(32).at(g), e => abs(x(t, e))))
  output('y', f32, [T, D], (t, d) => x(t, d).mul(2))
})

test('refuses two loops with different lengths on one dimension of the grid', () => {
  const steps = 'fuse(producer=row,consumer=y) bind(t=grid.x,g=grid.y,d=grid.y)'
  const { refusal: data, step, message } = refusalAnywhere(rowsAndGroups, steps, portable)
  expect(data.code).toBe('grids-differ')
  expect(step).toBe(2)
  expect(message).toMatchInlineSnapshot(`
    "step 2, bind(t=grid.x,g=grid.y,d=grid.y): g and d are both grid.y of one dispatch, but run over D/32 and D workgroups [grids-differ]
        grid.x t in T
          grid.y g in D/32
          ^^^^^^^^^^^^^^^^
            register row_max: f32[]
            row_max[] = 0
            serial e in 32 (reduce)
              row_max[] = max(row_max[], abs(x[t, 32·g + e]))   if 32·g + e < D
            row[t, g] = row_max
          grid.y d in D
          ^^^^^^^^^^^^^
            y[t, d] = (x[t, d] · 2)
    try split(loop=d,by=32)"
  `)
})
