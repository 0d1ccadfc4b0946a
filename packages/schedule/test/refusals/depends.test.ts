import { expect, test } from 'vitest'
import { perChannel } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('fuse refuses a consumer that comes before its producer', () => {
  const { refusal: data, message } = refusal(perChannel, 'fuse(producer=q,consumer=scale)')
  expect(data.code).toBe('depends')
  expect(message).toMatchInlineSnapshot(`"step 1, fuse(producer=q,consumer=scale): scale comes before q [depends]"`)
})
