import { wgsl } from '@qernel/codegen-wgsl'
import { interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { type Device, type KernelTime, runKernel } from '@qernel/runtime'
import type { Schedule } from '@qernel/schedule'
import {
  type AttentionScoreError,
  attentionScoreError,
  type BoundCheck,
  type CodeAgreement,
  checkRoundTrip,
  compareCodes,
  payloadBytes,
  type ReconstructionError,
  reconstructionError,
} from '@qernel/testing'

export interface KernelPair {
  /** x → scale, q */
  readonly quantize: Kernel
  /** q, scale → x */
  readonly dequantize: Kernel
}

/** Arrays by name. */
type Tensors = ReadonlyMap<string, Tensor>

/** The results of the definitions themselves: `scale`, `q`, and the restored `x`. */
export function referenceOf({ quantize, dequantize }: KernelPair, key: Tensor): Tensors {
  const quantized = interpretKernel(quantize, new Map([['x', key]]))
  return new Map([...quantized, ...interpretKernel(dequantize, quantized)])
}

export interface RoundTripResult {
  readonly schedule: string
  readonly time: { readonly quantize: KernelTime; readonly dequantize: KernelTime }
  readonly codes: CodeAgreement
  readonly scales: CodeAgreement
  readonly values: CodeAgreement
  readonly error: ReconstructionError
  readonly bound: BoundCheck
  readonly attention: AttentionScoreError
  readonly bytes: { readonly before: number; readonly after: number }
}

/** Quantizes and dequantizes on a device under one schedule, and compares every result with the reference. */
export async function roundTrip(
  device: Device,
  { quantize, dequantize }: KernelPair,
  schedule: Schedule,
  { key, query, reference }: { readonly key: Tensor; readonly query: Tensor; readonly reference: Tensors },
): Promise<RoundTripResult> {
  const quantized = await run(device, quantize, schedule, new Map([['x', key]]))
  const restored = await run(device, dequantize, schedule, quantized.outputs)

  const [q, scale, x] = [
    tensor(quantized.outputs, 'q'),
    tensor(quantized.outputs, 'scale'),
    tensor(restored.outputs, 'x'),
  ]
  const agreement = (name: string, actual: Tensor) => compareCodes(actual.data, tensor(reference, name).data)
  return {
    schedule: schedule.name,
    time: { quantize: quantized.time, dequantize: restored.time },
    codes: agreement('q', q),
    scales: agreement('scale', scale),
    values: agreement('x', x),
    error: reconstructionError(key.data, x.data),
    bound: checkRoundTrip(key.data, x.data, scale.data, { low: -128, high: 127 }),
    attention: attentionScoreError(query.data, key.data, x.data),
    bytes: {
      before: payloadBytes(key.type, key.shape),
      after: payloadBytes(q.type, q.shape) + payloadBytes(scale.type, scale.shape),
    },
  }
}

export const isRight = ({ codes, scales, values, bound }: RoundTripResult): boolean =>
  [codes, scales, values].every(({ equal, total }) => equal === total) && bound.holds

async function run(device: Device, kernel: Kernel, { name, steps }: Schedule, inputs: Tensors) {
  const compiled = wgsl.compile(kernel, steps({ kernel }), { target: device.target, scheduleName: name })
  const executable = await device.load(compiled)
  const [T = 0, D = 0] = (inputs.get('x') ?? tensor(inputs, 'q')).shape
  // A software adapter is slow, and its times mean nothing.
  const launches = device.isSoftware ? { repeats: 1 } : { warmup: 3, repeats: 20 }
  const { outputs, time } = await runKernel(
    device,
    executable,
    { inputs, sizes: { T, D } },
    { timed: true, ...launches },
  )
  if (time === undefined) throw new Error(`${kernel.name} was not dispatched`)
  return { outputs, time }
}

function tensor(tensors: Tensors, name: string): Tensor {
  const found = tensors.get(name)
  if (found === undefined) throw new Error(`there is no array ${name}`)
  return found
}
