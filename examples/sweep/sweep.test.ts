/** Checks what the script prints on the available device, not how fast anything is. */
import { coarsen, tile, vectorize } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { sweep } from './sweep.ts'

test('each schedule is a line, one that does not apply as well, and the last names the fastest', async () => {
  const lines: string[] = []
  await sweep(33, 64, line => lines.push(line), [
    [tile({ t: 8, d: 64 }), vectorize({ d: 4 })],
    [tile({ t: 8, d: 64 }), vectorize({ d: 3 })],
    [tile({ t: 32, d: 64 }), coarsen({ t: 4 }), vectorize({ d: 4 })],
  ])
  const rows = lines.map(line => JSON.parse(line) as Record<string, unknown>)
  expect(rows).toHaveLength(4)
  expect(rows.filter(({ failure }) => failure === 'refused')).toMatchObject([
    { schedule: 'tile(t=8,d=64) vectorize(d=3)', failure: 'refused' },
  ])
  expect(rows.filter(({ time }) => time !== undefined)).toHaveLength(2)
  expect(rows.at(-1)?.fastest).toMatch(/^tile\(t=(8|32),d=64\)/)
})
