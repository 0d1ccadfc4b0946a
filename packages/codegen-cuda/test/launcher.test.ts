import { f32, type Index, i3, i4, i8, i32, kernel, max, type SizeHandle, sum, type Value } from '@qernel/dsl'
import { int8PerChannel, int8PerChannelQuantize } from '@qernel/kernels'
import { describe, expect, test } from 'vitest'
import { compileNamed, compileSteps, launcherText } from './compile.ts'

test('the host function checks its arguments and launches every kernel in order', () => {
  expect(launcherText(compileNamed(int8PerChannel(), 'vectorized'))).toMatchInlineSnapshot(`
    "extern "C" cudaError_t qernel_int8_per_channel(
        const float* x,
        float* scale,
        int8_t* q,
        uint32_t* scale_max_bits,
        int64_t T,
        int64_t D,
        cudaStream_t stream) {
      using namespace int8_per_channel_56df6c28_file;
      if (T < 0 || T > 2147483647) return cudaErrorInvalidValue;
      if (D < 0 || D > 2147483647) return cudaErrorInvalidValue;
      if (T > 0 && D > 0 && x == nullptr) return cudaErrorInvalidValue;
      if (D > 0 && scale == nullptr) return cudaErrorInvalidValue;
      if (T > 0 && D > 0 && q == nullptr) return cudaErrorInvalidValue;
      if (D > 0 && scale_max_bits == nullptr) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(x) % 4 != 0) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(scale) % 4 != 0) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(scale_max_bits) % 4 != 0) return cudaErrorInvalidValue;
      cudaGetLastError();  // discard the error of an earlier call

      // The conditions that the scheduled kernels rely on.
      const bool fits =
          D % 4 == 0  // assumed by predicate(d=assume)
          && reinterpret_cast<uintptr_t>(x) % 16 == 0  // accessed as float4
          && reinterpret_cast<uintptr_t>(scale) % 16 == 0  // accessed as float4
          && reinterpret_cast<uintptr_t>(q) % 4 == 0  // accessed as unsigned
          && D <= 4194240;  // at most 65535 blocks along y
      if (fits) {
        const unsigned scale_grid_x = unsigned((D + 63) / 64);
        const unsigned scale_2_grid_x = unsigned((T + 255) / 256);
        const unsigned scale_2_grid_y = unsigned((D + 63) / 64);
        const unsigned scale_3_grid_x = unsigned((D + 63) / 64);
        const unsigned q_grid_x = unsigned((D + 63) / 64);
        if (scale_grid_x > 0) {
          int8_per_channel_scale_56df6c28<<<dim3(scale_grid_x), dim3(64), 0, stream>>>(
              scale_max_bits, unsigned(T), unsigned(D));
        }
        if (scale_2_grid_x > 0 && scale_2_grid_y > 0) {
          int8_per_channel_scale_2_56df6c28<<<dim3(scale_2_grid_x, scale_2_grid_y), dim3(64), 0, stream>>>(
              x, scale_max_bits, unsigned(T), unsigned(D));
        }
        if (scale_3_grid_x > 0) {
          int8_per_channel_scale_3_56df6c28<<<dim3(scale_3_grid_x), dim3(64), 0, stream>>>(
              scale, scale_max_bits, unsigned(T), unsigned(D));
        }
        if (q_grid_x > 0) {
          // A grid has at most 65535 blocks along y, so a larger T is launched in parts.
          for (int64_t first = 0; first < T; first += 1048560) {
            const int64_t rows = T - first < 1048560 ? T - first : 1048560;
            const unsigned q_grid_y = unsigned((rows + 15) / 16);
            int8_per_channel_q_56df6c28<<<dim3(q_grid_x, q_grid_y), dim3(16, 16), 0, stream>>>(
                x + first * D, scale, q + first * D, unsigned(rows), unsigned(D));
          }
        }
      } else {
        const unsigned scale_grid_x = unsigned((D + 63) / 64);
        const unsigned scale_2_grid_x = unsigned((T + 255) / 256);
        const unsigned scale_2_grid_y = unsigned((D + 63) / 64);
        if (scale_2_grid_x > 0 && scale_2_grid_y > 2147483647 / scale_2_grid_x) return cudaErrorInvalidConfiguration;
        const unsigned scale_3_grid_x = unsigned((D + 63) / 64);
        const unsigned q_grid_x = unsigned((D + 63) / 64);
        const unsigned q_grid_y = unsigned((T + 31) / 32);
        if (q_grid_x > 0 && q_grid_y > 2147483647 / q_grid_x) return cudaErrorInvalidConfiguration;
        if (scale_grid_x > 0) {
          int8_per_channel_scale_56df6c28<<<dim3(scale_grid_x), dim3(64), 0, stream>>>(
              scale_max_bits, unsigned(T), unsigned(D));
        }
        if (scale_2_grid_x > 0 && scale_2_grid_y > 0) {
          int8_per_channel_scale_2_any_56df6c28<<<dim3(scale_2_grid_x * scale_2_grid_y), dim3(64), 0, stream>>>(
              x, scale_max_bits, unsigned(T), unsigned(D));
        }
        if (scale_3_grid_x > 0) {
          int8_per_channel_scale_3_56df6c28<<<dim3(scale_3_grid_x), dim3(64), 0, stream>>>(
              scale, scale_max_bits, unsigned(T), unsigned(D));
        }
        if (q_grid_x > 0 && q_grid_y > 0) {
          int8_per_channel_q_any_56df6c28<<<dim3(q_grid_x * q_grid_y), dim3(64, 4), 0, stream>>>(
              x, scale, q, unsigned(T), unsigned(D));
        }
      }
      return cudaGetLastError();
    }
    #endif
    "
  `)
})

test('a folded grid is launched as one row, if the row is not too long', () => {
  const folded = compileSteps(int8PerChannelQuantize(), 'tile(t=16,d=64)', { folds: true })
  expect(launcherText(folded).split('\n').slice(13, 23).join('\n')).toMatchInlineSnapshot(`
    "  if (reinterpret_cast<uintptr_t>(x) % 4 != 0) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(scale) % 4 != 0) return cudaErrorInvalidValue;
      cudaGetLastError();  // discard the error of an earlier call

      const unsigned grid_x = unsigned((D + 63) / 64);
      const unsigned grid_y = unsigned((T + 15) / 16);
      if (grid_x > 0 && grid_y > 2147483647 / grid_x) return cudaErrorInvalidConfiguration;
      if (grid_x > 0 && grid_y > 0) {
        int8_per_channel_quantize_4cdd30d0<<<dim3(grid_x * grid_y), dim3(64, 16), 0, stream>>>(
            x, scale, q, unsigned(T), unsigned(D));"
  `)
  expect(folded.source).toContain('const unsigned group_x = blockIdx.x % ((D + 63u) / 64u);')
  expect(folded.source).toContain('const unsigned group_y = blockIdx.x / ((D + 63u) / 64u);')
})

test('fixed sizes are neither arguments nor checked', () => {
  const fixed = new Map([
    ['T', 64],
    ['D', 128],
  ])
  expect(launcherText(compileNamed(int8PerChannelQuantize(), 'naive', { fixed }))).toMatchInlineSnapshot(`
    "extern "C" cudaError_t qernel_int8_per_channel_quantize(
        const float* x,
        const float* scale,
        int8_t* q,
        cudaStream_t stream) {
      using namespace int8_per_channel_quantize_4cdd30d0_file;
      if (x == nullptr) return cudaErrorInvalidValue;
      if (scale == nullptr) return cudaErrorInvalidValue;
      if (q == nullptr) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(x) % 4 != 0) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(scale) % 4 != 0) return cudaErrorInvalidValue;
      cudaGetLastError();  // discard the error of an earlier call

      int8_per_channel_quantize_4cdd30d0<<<dim3(8, 4), dim3(16, 16), 0, stream>>>(
          x, scale, q);
      return cudaGetLastError();
    }
    #endif
    "
  `)
})

test('an array that a fixed size makes empty may be null', () => {
  const nulls = (size: string) =>
    launcherText(
      compileSteps(int8PerChannel(), 'tile(d=64,stage=scale) tile(t=16,d=16,stage=q)', { fixed: new Map([[size, 0]]) }),
    ).match(/if \(.* == nullptr\)/g)
  expect(nulls('T')).toEqual(['if (D > 0 && scale == nullptr)'])
  expect(nulls('D')).toBeNull()
})

test('facts of the kernel are checked, and a temporary is a workspace', () => {
  const blur = kernel('blur', ({ size, input, output, temporary }) => {
    const N = size('N', { multipleOf: 8, atMost: 4096 })
    const x = input('x', f32, [N])
    const halves = temporary('halves', f32, [N], n => x(n).mul(0.5))
    output('q', i8, [N], n => halves(n).round())
  })
  const compiled = compileSteps(blur, 'tile(n=64)')
  expect(compiled.source).toContain('//   halves: workspace, f32 [N]')
  expect(launcherText(compiled)).toContain('if (N % 8 != 0) return cudaErrorInvalidValue;  // declared by kernel blur')
  expect(launcherText(compiled)).toContain('if (N > 4096) return cudaErrorInvalidValue;')
})

describe('grids with too many blocks along y or z', () => {
  const launching = (source: string) => source.slice(source.lastIndexOf('cudaErrorInvalidValue;'))

  test('are launched in parts of the rows', () => {
    const { source } = compileNamed(int8PerChannelQuantize(), 'naive')
    expect(launching(source)).toMatchInlineSnapshot(`
      "cudaErrorInvalidValue;
        cudaGetLastError();  // discard the error of an earlier call

        const unsigned grid_x = unsigned((D + 15) / 16);
        if (grid_x > 0) {
          // A grid has at most 65535 blocks along y, so a larger T is launched in parts.
          for (int64_t first = 0; first < T; first += 1048560) {
            const int64_t rows = T - first < 1048560 ? T - first : 1048560;
            const unsigned grid_y = unsigned((rows + 15) / 16);
            int8_per_channel_quantize_4cdd30d0<<<dim3(grid_x, grid_y), dim3(16, 16), 0, stream>>>(
                x + first * D, scale, q + first * D, unsigned(rows), unsigned(D));
          }
        }
        return cudaGetLastError();
      }
      #endif
      "
    `)
  })

  test('are launched in parts that end with whole words and keep pointers aligned', () => {
    const codes = kernel('codes', ({ size, input, output }) => {
      const [T, H, D] = [size('T'), size('H'), size('D')]
      const first = input('first', i3, [T])
      const x = input('x', f32, [T, H, D])
      output('rows', i4, [T, H, D], (t, h, d) => x(t, h, d).mul(first(t).toF32()).round())
    })
    const { source } = compileSteps(codes, 'tile(h=1,d=64) vectorize(d=8) predicate(d=assume)')
    expect(launching(source).split('} else {')[0]).toMatchInlineSnapshot(`
      "cudaErrorInvalidValue;
        cudaGetLastError();  // discard the error of an earlier call

        // The conditions that the scheduled kernels rely on.
        const bool fits =
            D % 8 == 0  // assumed by predicate(d=assume)
            && reinterpret_cast<uintptr_t>(x) % 16 == 0  // accessed as float4
            && H <= 65535;  // at most 65535 blocks along y
        if (fits) {
          const unsigned grid_x = unsigned((D + 63) / 64);
          const unsigned grid_y = unsigned(H);
          if (grid_x > 0 && grid_y > 0) {
            // A grid has at most 65535 blocks along z, so a larger T is launched in parts.
            for (int64_t first = 0; first < T; first += 65504) {
              const int64_t rows_ = T - first < 65504 ? T - first : 65504;
              const unsigned grid_z = unsigned(rows_);
              codes_52b21b74<<<dim3(grid_x, grid_y, grid_z), dim3(8), 0, stream>>>(
                  first_ + first / 32 * 3,
                  x + first * H * D,
                  rows + first * H * ((D + 7) / 8),
                  unsigned(rows_),
                  unsigned(H),
                  unsigned(D));
            }
          }
        "
    `)
  })

  test.each<[what: string, value: (t: Index, T: SizeHandle) => Value]>([
    ['the index of the row', t => t.value()],
    ['the number of rows', (_, T) => T.value()],
  ])('are folded into one row of blocks if the values use %s', (_, value) => {
    const numbered = kernel('numbered', ({ size, output }) => {
      const [T, D] = [size('T'), size('D')]
      output('y', f32, { t: T, d: D }, (t, d) => value(t, T).add(d.value()).toF32())
    })
    const { source } = compileSteps(numbered, 'tile(t=16,d=16)')
    expect(launcherText({ source })).toContain('T <= 1048560;  // at most 65535 blocks along y')
    expect(source).toContain('const unsigned group_y = blockIdx.x / ((D + 15u) / 16u);')
    expect(source).not.toContain('for (int64_t')
  })

  test('do not occur if blocks have so many rows that no size exceeds the limit', () => {
    const { source } = compileSteps(int8PerChannelQuantize(), 'tile(t=65536,d=64) bind(t_in=serial)')
    expect(launcherText({ source })).not.toMatch(/fits|for \(|_any/)
  })

  test('do not occur if the kernel declares that a size is small', () => {
    const short = kernel('short', ({ size, input, output }) => {
      const [T, D] = [size('T', { atMost: 4096 }), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f32, { t: T, d: D }, (t, d) => x(t, d).mul(2))
    })
    const { source } = compileSteps(short, 'tile(t=1,d=64)')
    expect(source).not.toContain('for (int64_t')
  })
})

describe('arguments that the scheduled kernels cannot handle go to fallback kernels', () => {
  const fitsOf = (source: string) => /const bool fits =\n([^;]*);/.exec(source)?.[1]?.split('\n').length
  const anyOf = (source: string) =>
    [...source.matchAll(/__global__ void __launch_bounds__\(\d+\) (\w+_any)_[0-9a-f]{8}\(/g)].map(([, name]) => name)

  test('which do not exist if the scheduled kernels handle everything', () => {
    const { source } = compileSteps(int8PerChannelQuantize(), 'tile(t=16,d=16)', { folds: true })
    expect([fitsOf(source), anyOf(source)]).toEqual([undefined, []])
  })

  test('which handle only unaligned arrays if all sizes are fixed', () => {
    const fixed = new Map([
      ['T', 64],
      ['D', 128],
    ])
    const { source } = compileNamed(int8PerChannelQuantize(), 'vectorized', { fixed })
    expect([fitsOf(source), anyOf(source)]).toEqual([3, ['int8_per_channel_quantize_any']])
  })

  test('which are shared with the scheduled ones if they are the same', () => {
    const steps = 'tile(d=64,stage=scale) tile(t=16,d=64,stage=q) vectorize(d=4,stage=q) predicate(d=assume,stage=q)'
    expect(anyOf(compileSteps(int8PerChannel(), steps).source)).toEqual(['int8_per_channel_q_any'])
  })

  test('which use a workspace only as the scheduled ones do', () => {
    const total = kernel('total', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', i32, [T, D])
      output('y', i32, { d: D }, d => sum({ t: T }, t => x(t, d)))
    })
    const partsOf = (t: number) =>
      compileSteps(total, `splitReduction(t=${t},combine=secondPass) tile(d=64) vectorize(d=4) predicate(d=assume)`)
    // The naive schedule also has partial sums, but of 256 rows.
    for (const t of [256, 1024]) {
      const { source } = partsOf(t)
      expect(source).toContain('total_y_any')
      expect(new Set(source.match(/for \(unsigned t = 0; t < \d+u/g))).toEqual(
        new Set([`for (unsigned t = 0; t < ${t}u`]),
      )
    }
  })

  test('which are left out under NVRTC', () => {
    const { source } = compileNamed(int8PerChannel(), 'vectorized')
    const host = source.indexOf('#ifndef __CUDACC_RTC__', source.indexOf('__global__'))
    expect(source.slice(0, host)).not.toContain('_any_')
  })

  test('which keep the order of sums: the same steps without wide accesses', () => {
    const total = kernel('total', ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', f32, [T, D])
      output('y', f32, [T], t => sum(D, d => x(t, d)))
    })
    const steps =
      'tile(t=8) splitReduction(d=128,combine=subgroup,reassociate=true) vectorize(d=4) bind(t_in=block.y,d_in=block.x) predicate(d=assume,multiple=4)'
    const { source } = compileSteps(total, steps)
    expect(anyOf(source)).toEqual(['total_any'])
    expect(source.slice(source.indexOf('total_any_')).match(/__shfl_xor_sync/g)?.length).toBe(5)
  })

  test('which share a reduction between lanes, as the naive schedule does', () => {
    const steps =
      'splitReduction(d=128,combine=subgroup) vectorize(d=4) bind(t=grid.x,d_in=block.x) predicate(d=assume)'
    const largest = kernel('largest', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      output('y', f32, { t: T }, t => max({ d: D }, d => x(t, d)))
    })
    const { source } = compileSteps(largest, steps)
    expect(anyOf(source)).toEqual(['largest_any'])
    expect(source.slice(source.indexOf('largest_any_'))).toContain('__syncthreads()')
  })

  test('whose names do not collide with others', () => {
    const odd = kernel('copy', ({ size, input, output }) => {
      const copy_any = size('copy_any')
      const x = input('fits', f32, [copy_any])
      output('y', f32, [copy_any], n => x(n))
    })
    const { source } = compileSteps(odd, 'tile(n=64) vectorize(n=4) predicate(n=assume)')
    expect(source).toMatch(/ copy_any__[0-9a-f]{8}\(\n/)
    expect(source).toContain('const float* fits_,\n    float* y,\n    int64_t copy_any_,')
  })
})

test('the comment says what arguments must be, what is fast, and what is returned', () => {
  const codes = kernel('codes', ({ size, input, output, temporary }) => {
    const [T, D] = [size('T'), size('D', { multipleOf: 8, atMost: 4096 })]
    const x = input('x', f32, [T, D])
    const largest = temporary('largest', f32, { t: T }, t => max({ d: D }, d => x(t, d).abs()))
    output('q', i4, { t: T, d: D }, (t, d) => x(t, d).div(largest(t)).mul(7).round())
  })
  const { source } = compileSteps(codes, 'tile(t=64,stage=largest) tile(t=8,d=64,stage=q) vectorize(d=8,stage=q)')
  expect(source.slice(source.indexOf('// Checks'), source.indexOf('extern "C" cudaError_t'))).toMatchInlineSnapshot(`
    "// Checks the arguments and launches on \`stream\` without waiting; allocates nothing. Arrays are in device memory, row by
    // row, aligned to their elements, and must not overlap:
    //   x: input, f32 [T, D]
    //   largest: workspace, f32 [T]
    //   q: output, i4 [T, D], rows padded to 4 bytes
    // Codes of type i4 are packed into 32-bit words. The first code of a row is in the lowest bits of its first word; the
    // bits after its last code are 0.
    // A workspace must not be used otherwise until the stream has finished this call. Its contents have no meaning before
    // or after.
    // T is from 0 to 2147483647 and D is from 0 to 4096, a multiple of 8. Arrays may have more than 2^31 elements; an empty
    // array may be null.
    // Fast if x is aligned to 16 bytes. Other arguments are handled by slower kernels that give the same results, bit for
    // bit.
    // Returns cudaErrorInvalidValue, without launching anything, if an argument violates these rules. Otherwise returns the
    // result of the launches; an error that an earlier call left is cleared first.
    "
  `)
})
