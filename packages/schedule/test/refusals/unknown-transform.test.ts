import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('refuses an unknown transform and offers the nearest name first', () => {
  const { refusal: data, message } = refusal(quantize, 'titel(t=16)')
  expect(data.code).toBe('unknown-transform')
  expect(message).toMatch('step 1, titel(t=16): there is no transform titel [unknown-transform]\ntry tile, ')
})
