import { expect, it } from 'vitest'
import { textTable } from '../../src/report/text-table.ts'

it('aligns columns and leaves no blanks at the ends of lines', () => {
  const columns = [{ title: 'schedule' }, { title: 'time', align: 'right' as const }, { title: 'note' }]
  const rows = [
    ['naive', '10.25 ms', ''],
    ['\u001b[32mvectorized\u001b[39m', '1 ms', 'µ ≤ ½'],
  ]
  expect(textTable(columns, rows)).toBe(
    [
      'schedule        time  note',
      '----------  --------  -----',
      'naive       10.25 ms',
      '\u001b[32mvectorized\u001b[39m      1 ms  µ ≤ ½',
      '',
    ].join('\n'),
  )
})
