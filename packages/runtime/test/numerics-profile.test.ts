import { type Device, openDevice } from '@qernel/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

test('SwiftShader divides exactly, except by constants, flushes denormals, and packs binary16 inexactly', () => {
  expect(device.profile).toMatchObject({
    division: { native: { of: 98_304 } },
    fmaIsFused: false,
    contracts: false,
    reassociates: true,
    keepsDenormals: false,
    roundsTiesToEven: true,
    squareRoot: { mismatches: 0 },
    float16Unpacking: { mismatches: 0 },
    subgroup: { min: 4, max: 4, observed: 4, isLinear: true },
    hasFloat16: false,
  })
  const { native, constantDivisor } = device.profile.division
  expect(native.mismatches).toBe(native.denormal)
  expect(constantDivisor.mismatches).toBeGreaterThan(0)
  expect(device.profile.float16Packing.mismatches).toBeGreaterThan(0)
})

test('the target says which operations are exact', () => {
  expect(device.target.numerics).toMatchObject({ division: 'native', constantDivisorExact: false, contracts: false })
})

test('the target has the limits of the adapter instead of the defaults of WebGPU', () => {
  expect(device.target).toMatchObject({
    name: 'wgsl',
    limits: { workgroupThreads: 256, sharedBytes: 32_768, bindingBytes: 2 ** 30 },
    subgroup: { min: 4, max: 4 },
  })
})
