/// <reference types="@webgpu/types" />
/** The WGSL of `codegen-wgsl/exact-float16` on the available device. */
import { float16Packing } from '@qernel/codegen-wgsl'
import { expect, test } from 'vitest'
import { chooseAdapter } from '../src/webgpu/dawn/adapters.ts'
import { tryFloat16Packing } from '../src/webgpu/probe/arithmetic.ts'

test('binary16 packing is exact', async () => {
  const { adapter } = await chooseAdapter()
  const device = await adapter.requestDevice()
  expect((await tryFloat16Packing(device, float16Packing)).mismatches).toBe(0)
  device.destroy()
})
