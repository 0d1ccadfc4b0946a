import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { type OutcomeClass, outcomeClasses, type Tried, toCsv, toT4 } from '../../src/index.ts'

// Copied from Kernel Tuner (kernel_tuner/schema/T4/1.0.0, Apache-2.0), which has it from https://github.com/odgaard/TuningSchema.
const schema = JSON.parse(readFileSync(new URL('./T4-results-schema.json', import.meta.url), 'utf8'))

const tried = (own: OutcomeClass): Tried => ({
  id: 'tile(t=4,d=64)',
  date: '2026-01-02T03:04:05.000Z',
  class: own,
  costSeconds: 0.5,
  parameters: { 'tile.t': 4, 'tile.d': 64 },
  ...(own === 'correct'
    ? { timing: { median: 2000, p20: 1900, p80: 2100, samples: [1900, 2000, 2100] } }
    : { problem: `it ended as "${own}", really` }),
})

test('every class is valid T4, and every invalidity of T4 occurs', () => {
  const written = toT4(outcomeClasses.map(tried))
  const isValid = new Ajv2020({ strict: false }).compile(schema)
  expect(isValid(JSON.parse(JSON.stringify(written))), JSON.stringify(isValid.errors)).toBe(true)
  const allowed = schema.properties.results.items.properties.invalidity.enum
  expect(new Set(written.results.map(({ invalidity }) => invalidity))).toEqual(new Set(allowed))
  expect(isValid({ results: [{ ...written.results[0], invalidity: 'odd' }] })).toBe(false)
})

test('a correct candidate in T4', () => {
  expect(toT4([tried('correct')])).toEqual({
    schema_version: '1.0.0',
    metadata: { timeunit: 'milliseconds' },
    results: [
      {
        timestamp: '2026-01-02T03:04:05.000Z',
        configuration: { 'tile.t': 4, 'tile.d': 64 },
        objectives: ['time'],
        times: { runtimes: [1.9, 2, 2.1], framework: 494, search_algorithm: 0 },
        invalidity: 'correct',
        correctness: 1,
        measurements: [
          { name: 'time', value: 2, unit: 'ms' },
          { name: 'time_p20', value: 1.9, unit: 'ms' },
          { name: 'time_p80', value: 2.1, unit: 'ms' },
          { name: 'schedule', value: 'tile(t=4,d=64)', unit: '' },
          { name: 'class', value: 'correct', unit: '' },
        ],
      },
    ],
  })
})

test('CSV has a column per chosen value, and quotes what needs it', () => {
  const { parameters: _, ...own } = tried('crashed')
  expect(toCsv([tried('correct'), own])).toBe(
    [
      'schedule,class,median_us,p20_us,p80_us,cost_s,date,problem,tile.t,tile.d',
      '"tile(t=4,d=64)",correct,2000,1900,2100,0.5,2026-01-02T03:04:05.000Z,,4,64',
      '"tile(t=4,d=64)",crashed,,,,0.5,2026-01-02T03:04:05.000Z,"it ended as ""crashed"", really",,',
      '',
    ].join('\r\n'),
  )
})
