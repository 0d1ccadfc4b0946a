import { expect, test } from 'vitest'
import { grouped } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('bind refuses to make one thread read the registers of another', () => {
  const steps =
    'fuse(producer=scale,consumer=q,loops=2) cache(buffer=x,memory=register,at=g) split(loop=d,by=4,stage=q) bind(t=grid.x,d=block.x,stage=q)'
  const { refusal: data, message } = refusal(grouped, steps)
  expect(data.code).toBe('not-owner')
  expect(message).toMatchInlineSnapshot(`
    "step 4, bind(t=grid.x,d=block.x,stage=q): x_reg is private to the thread that writes it, and another thread would read it [not-owner]
        serial t in T
        ^^^^^^^^^^^^^
          serial g in D/8
            register scale_max: f32[]
            register scale_kept: f32[]
            register x_reg: f32[8]
            serial e in 8
              x_reg[e] = x[t, 8·g + e]   if 8·g + e < D
            scale_max[] = 0
            serial e in 8 (reduce)
              scale_max[] = max(scale_max[], abs(x_reg[e]))   if 8·g + e < D
            scale_kept[] = (scale_max / 7)
            scale[t, g] = scale_kept
            serial d in 2
            ^^^^^^^^^^^^^
              serial d_in in 4
                q[t, 8·g + 4·d + d_in] = saturate_i4(clamp(round((x_reg[4·d + d_in] / scale_kept)), -8, 7))   if 8·g + 4·d + d_in < D"
  `)
})
