import { f32, i8 } from '@qernel/dsl'
import { int8PerChannel } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { describe, expect, it } from 'vitest'
import { reportText } from '../../src/commands/run/report.ts'
import { agreementText, durationText, errorText, waitText } from '../../src/report/quantities.ts'

describe('numbers for people', () => {
  it.each([
    [3, 3, '3/3 = 100%'],
    [262143, 262144, '262143/262144 = 99.99%'],
    [0, 7, '0/7 = 0%'],
    [0, 0, '0/0 = 100%'],
  ])('%i of %i is 100%% only if all are equal', (equal, total, text) =>
    expect(agreementText({ equal, total })).toBe(text),
  )

  it.each([
    [0.0000251, '0.0251 µs'],
    [0.0314, '31.4 µs'],
    [8.416, '8.42 ms'],
    [1234, '1.23 s'],
  ])('%d ms', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text))

  it.each([
    [0, '0 s'],
    [1200, '2 s'],
    [89_400, '90 s'],
    [120_000, '2 min'],
    [5_399_000, '1 h 30 min'],
    [7_799_000, '2 h 10 min'],
  ])('a wait of %d ms', (milliseconds, text) => expect(waitText(milliseconds)).toBe(text))

  it('errors have 4 digits', () => expect([0, 0.0359235, 22.33].map(errorText)).toEqual(['0', '0.03592', '22.33']))
})

it('the report of a failed run names the first difference, the broken bound, and that nothing was written', () => {
  const job = {
    kernel: int8PerChannel(f32),
    schedule: {
      name: 'mine',
      steps: parseSteps('tile(t=2,d=3)'),
      on: () => ({ steps: parseSteps('tile(t=2,d=3)') }),
      isOwn: false,
      where: '--schedule mine.json',
    },
    fixed: new Map(),
    sizes: new Map([
      ['T', 2],
      ['D', 3],
    ]),
    inputs: new Map(),
    repeats: undefined,
  }
  const reasons = { exp2: 1 }
  const q = { name: 'q', total: 6, equal: 4, allowed: 1, wrong: 1, reasons, farthest: 1, firstDifference: 4 }
  const text = reportText({
    job,
    result: {
      outputs: new Map(),
      steps: parseSteps('tile(t=2,d=3)'),
      device: { kind: 'webgpu', name: 'GPU', driver: 'driver 1', isSoftware: false },
      freedom: { language: 'wgsl', keepsDenormals: false },
    },
    outputs: [{ tensor: { type: i8, shape: [2, 3], data: new Int8Array(6) }, verdict: q }],
    verdict: {
      isRight: false,
      outputs: [q],
      disagreements: [{ at: 'q[1, 2]', expected: 3, found: 5, allowed: '3, 4 (exp2)' }],
    },
    order: [{ name: 'q', farthest: 3, shareOfBound: 0.0251, beyond: 0 }],
    roundTrip: {
      shape: [2, 3],
      error: { maximum: 0.5, l2: 0.75, rms: 0.25, compared: 5, nonFinite: 1 },
      bound: {
        holds: false,
        halfLargestScale: 0.125,
        violations: 2,
        first: { t: 1, d: 2, error: 0.5, bound: 0.125 },
        saturated: 1,
        nonFinite: 0,
      },
      groups: { formula: 'scale/2', value: 0.125, holds: true, violations: 0, saturated: 1, farthestSaturated: 9000 },
      lost: 2,
      bytes: { before: 24, after: 18 },
    },
    files: [],
    withheld: true,
  })
  expect(text).toMatchInlineSnapshot(`
    "int8_per_channel, T = 2, D = 3

    output  type  shape   equal to the reference
    ------  ----  ------  ----------------------------------------------------------------------------------------------------------------------------
    q       i8    [2, 3]  4/6 = 66.66%; 1 element at most 1 code away, as allowed by exp2 (1 element); 1 element WRONG, the first difference at [1, 1]

    schedule     mine: tile(t=2,d=3)
    device       GPU, driver 1
    time         none: nothing was dispatched
    wrong        q[1, 2] is 5, not 3; allowed: 3, 4 (exp2)
    order        the schedule sums q in its own order, which is what results are compared with; at most 3 ulp from the definition, 2.5% of the bound (n − 1) · 2^-24 · Σ|term| there
    max |error|  0.5000, bound scale/2, at most 0.1250: BROKEN by 2 elements, the first at [1, 2]
    L2 error     0.7500, rms 0.2500; 1 element with a NaN or an infinity left out; 1 element clamped to the range of the codes
    saturated    1 element beyond what scales and zero points can hold, up to 9000 off
    lost         2 finite elements came back as NaN or infinity
    bytes        24 → 18
    written      nothing, because a check failed
    "
  `)
})
