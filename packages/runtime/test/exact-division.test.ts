/// <reference types="@webgpu/types" />
/** The WGSL of `codegen-wgsl/exact-division` on the available device. */
import { integerDivision, refinedDivision, refinedVectorBody } from '@qernel/codegen-wgsl/exact-division'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hardQuotients, type Quotients } from '../src/probe/operands.ts'
import { chooseAdapter } from '../src/webgpu/dawn/adapters.ts'
import { tryDivision } from '../src/webgpu/probe/division.ts'

let device: GPUDevice
beforeAll(async () => {
  const { adapter } = await chooseAdapter()
  device = await adapter.requestDevice()
})
afterAll(() => device.destroy())

test('integer division is exact for all operands, even for denormals on devices that flush them', async () => {
  const quotients = hardQuotients(500_000)
  expect(await tryDivision(device, 'integer division', integerDivision, quotients)).toEqual({
    mismatches: 0,
    denormal: 0,
    of: 500_000,
  })
})

test('refined division is exact on its integer path, even without a fused fma', async () => {
  const isModerate = (bits: number) => {
    const exponent = (bits >>> 23) & 0xff
    return exponent >= 66 && exponent < 189
  }
  const quotients = only(hardQuotients(300_000), (a, b) => !isModerate(a) || !isModerate(b))
  expect(quotients.expected.length).toBeGreaterThan(30_000)
  expect((await tryDivision(device, 'refined division', refinedDivision, quotients)).mismatches).toBe(0)
})

test('the vector form takes the integer path if any of its lanes needs it', async () => {
  const each = 'vec4f(div_f32(a.x, b.x), div_f32(a.y, b.y), div_f32(a.z, b.z), div_f32(a.w, b.w))'
  const vector = `${refinedDivision.replace('fn div_f32(', 'fn scalar_div(').replaceAll('return div_f32(', 'return scalar_div(')}
fn div_f32_4(a: vec4f, b: vec4f) -> vec4f {
${refinedVectorBody('vec4f', each.replaceAll('div_f32', 'scalar_div'))}}
// The other lanes are moderate: 1 / 2.
fn div_f32(a: f32, b: f32) -> f32 { return div_f32_4(vec4f(1.0, 1.0, a, 1.0), vec4f(2.0, 2.0, b, 2.0)).z; }`
  const isModerate = (bits: number) => {
    const exponent = (bits >>> 23) & 0xff
    return exponent >= 66 && exponent < 189
  }
  const quotients = only(
    hardQuotients(300_000),
    (a, b) => !isModerate(a) || !isModerate(b) || (b & 0x7fffff) === 0x7fffff,
  )
  expect((await tryDivision(device, 'refined division of vectors', vector, quotients)).mismatches).toBe(0)
})

/** The quotients whose operands satisfy a condition. */
function only(quotients: Quotients, condition: (dividend: number, divisor: number) => boolean): Quotients {
  const keep = (_: number, index: number) =>
    condition(quotients.dividends[index] as number, quotients.divisors[index] as number)
  return {
    dividends: quotients.dividends.filter(keep),
    divisors: quotients.divisors.filter(keep),
    expected: quotients.expected.filter(keep),
  }
}
