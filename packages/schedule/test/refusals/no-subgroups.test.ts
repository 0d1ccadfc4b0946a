import { expect, test } from 'vitest'
import { perChannel } from '../kernels.ts'
import { portable, refusal } from './refusal.ts'

test('splitReduction refuses to combine by subgroups on a target without them', () => {
  const steps = 'splitReduction(t=64,combine=subgroup,stage=scale)'
  const { refusal: data, message } = refusal(perChannel, steps, {}, portable)
  expect(data.code).toBe('no-subgroups')
  expect(message).toMatchInlineSnapshot(`
    "step 1, splitReduction(t=64,combine=subgroup,stage=scale): the target has no subgroup operations [no-subgroups]
    try splitReduction(t=64,combine=shared)"
  `)
})
