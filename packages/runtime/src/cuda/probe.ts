import { greatestCommonDivisor } from '@qernel/dsl/internal'
import type { NumericsProfile } from '../numerics-profile.ts'
import {
  anyChainDiffers,
  arithmeticOperands,
  chainOperands,
  chains,
  constantDivisors,
  constantQuotients,
  conversionOperands,
  countMismatches,
  divisionMismatches,
  firstTie,
  float16Mismatches,
  hardFloat16Values,
  readArithmetic,
} from '../probe/expectations.ts'
import { hardQuotients } from '../probe/operands.ts'
import type { CudaCompiler } from './cuda-compiler.ts'
import type { Driver, Handle } from './driver.ts'
import { translate } from './executable.ts'
import { type AddressOf, elapsedMs, reached, recordEvent } from './launch.ts'
import { allocate, download, upload } from './memory.ts'

/** The same number as on WebGPU. */
const quotientCount = 98_304
const threads = 256
const conversions = conversionOperands()
const chainInputs = chainOperands()

/** The operations of kernels in the spelling of generated code; `o(k)` is operand k, and `i` the thread. */
const bodies = {
  divide: 'out[i] = __float_as_uint(__fdiv_rn(o(i), o(i + n)));',
  divide_by_constants: constantDivisors
    .map(
      (constant, k) => `out[i * ${constantDivisors.length} + ${k}] = __float_as_uint(__fdiv_rn(o(i), ${constant}.0f));`,
    )
    .join('\n  '),
  compute: `if (i > 0) return;
  out[0] = __float_as_uint(__fmaf_rn(o(0), o(1), o(2)));
  out[1] = __float_as_uint(o(0) * o(1) + o(2));
  out[2] = __float_as_uint(o(3) * o(4));
  out[3] = __float_as_uint(o(5) * o(6));
  for (unsigned k = ${firstTie}; k < n; ++k) out[k] = __float_as_uint(rintf(o(k)));`,
  chain: `const float a = o(i), b = o(i + n);
  ${chains.map(([text], k) => `out[i + ${k} * n] = __float_as_uint(${text.replace(/\d+\.\d+/g, '$&f')});`).join('\n  ')}`,
  convert: `out[i] = __float_as_uint(__fsqrt_rn(o(i)));
  out[i + n] = __float_as_uint(__half2float(__ushort_as_half((unsigned short)in[i + n])));`,
  pack: 'out[i] = __half_as_ushort(__float2half_rn(o(i))) | unsigned(__half_as_ushort(__float2half_rn(1.0f))) << 16;',
} as const

/** Tests whether lanes are threads in order: each thread must find its neighbor at every xor distance. */
const lanes = `extern "C" __global__ void find_lanes(unsigned* out) {
  bool linear = true;
  for (unsigned offset = 1; offset < 32; offset *= 2)
    linear = (__shfl_xor_sync(0xffffffffu, threadIdx.x, offset) == (threadIdx.x ^ offset)) && linear;
  out[threadIdx.x] = linear;
}`

const source = `#include <cuda_fp16.h>
${Object.entries(bodies)
  .map(
    ([name, body]) => `
extern "C" __global__ void ${name}(const unsigned* in, unsigned* out, unsigned n) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  const auto o = [=](unsigned k) { return __uint_as_float(in[k]); };
  ${body}
}`,
  )
  .join('\n')}

${lanes}
`

/** Measures what a GPU computes, by running small kernels on it. */
export async function probeNumerics(
  driver: Driver,
  addressOf: AddressOf,
  compiler: CudaCompiler,
  architecture: number,
  lanesOfWarp: number,
): Promise<NumericsProfile> {
  const image = await translate(compiler, source, 'numerics_probe', architecture)
  const { functions, get, check } = driver
  const module = get<Handle>(out => functions.cuModuleLoadData(out, image))
  /** @param count the number of threads that work, `n` in the kernels */
  const run = async (name: string, inputs: readonly Uint32Array<ArrayBuffer>[], count: number, outputs: number) => {
    const bytes = inputs.map(input => new Uint8Array(input.buffer))
    const input = allocate(
      driver,
      Math.max(
        4,
        bytes.reduce((sum, { length }) => sum + length, 0),
      ),
    )
    const output = allocate(driver, 4 * outputs)
    try {
      let offset = 0
      for (const each of bytes) {
        upload(driver, input, each, offset)
        offset += each.length
      }
      const entry = get<Handle>(out => functions.cuModuleGetFunction(out, module, name))
      const pointers = name === 'find_lanes' ? [output.pointer] : [input.pointer, output.pointer, count]
      const values = new BigUint64Array(pointers.map(value => BigInt(value)))
      const parameters = values.map((_, position) => addressOf(values.buffer) + BigInt(8 * position))
      const blocks = Math.ceil(count / threads)
      check(functions.cuLaunchKernel(entry, blocks, 1, 1, threads, 1, 1, 0, 0, parameters, null))
      const end = recordEvent(driver)
      await reached(driver, end)
      check(functions.cuEventDestroy_v2(end))
      return new Uint32Array(download(driver, output, 0, 4 * outputs).buffer as ArrayBuffer)
    } finally {
      functions.cuMemFree_v2(input.pointer)
      functions.cuMemFree_v2(output.pointer)
    }
  }
  try {
    const quotients = hardQuotients(quotientCount)
    const { dividends, expected } = constantQuotients()
    const operands = arithmeticOperands()
    const { halves, roots, expectedRoots, expectedFloats } = conversions
    const values = hardFloat16Values()
    const found = {
      quotients: await run('divide', [quotients.dividends, quotients.divisors], quotientCount, quotientCount),
      constants: await run('divide_by_constants', [dividends], dividends.length, expected.length),
      arithmetic: await run('compute', [operands], operands.length, operands.length),
      chains: await run(
        'chain',
        [chainInputs.left, chainInputs.right],
        chainInputs.count,
        chains.length * chainInputs.count,
      ),
      conversions: await run('convert', [roots, halves], halves.length, 2 * halves.length),
      packed: await run('pack', [values], values.length, values.length),
      lanes: await run('find_lanes', [], threads, threads),
    }
    return {
      division: {
        native: divisionMismatches(found.quotients, quotients),
        constantDivisor: countMismatches(found.constants, expected),
      },
      ...readArithmetic(new Float32Array(found.arithmetic.buffer)),
      reassociates: anyChainDiffers(new Float32Array(found.chains.buffer), chainInputs),
      squareRoot: countMismatches(found.conversions, expectedRoots),
      float16Unpacking: countMismatches(found.conversions.subarray(halves.length), expectedFloats),
      float16Packing: float16Mismatches(found.packed, values),
      subgroup: {
        min: lanesOfWarp,
        max: lanesOfWarp,
        observed: lanesOfWarp,
        isLinear: found.lanes.every(lane => lane === 1),
      },
      hasFloat16: true,
      ...(await timestampQuantum(driver)),
    }
  } finally {
    functions.cuModuleUnload(module)
  }
}

/** The greatest common divisor of the times between events, in whole nanoseconds. */
async function timestampQuantum(driver: Driver): Promise<Pick<NumericsProfile, 'timestampQuantumNs'>> {
  const events: Handle[] = []
  try {
    for (let count = 0; count < 64; count++) events.push(recordEvent(driver))
    await reached(driver, events.at(-1) as Handle)
    const [first] = events as [Handle]
    let divisor = 0
    for (const event of events.slice(1)) {
      divisor = greatestCommonDivisor(divisor, Math.round(elapsedMs(driver, first, event) * 1e6))
    }
    return divisor === 0 ? {} : { timestampQuantumNs: divisor }
  } finally {
    for (const event of events) driver.functions.cuEventDestroy_v2(event)
  }
}
