import { f32, i8, kernel } from '@qernel/dsl'
import { int8PerChannel, int8PerChannelQuantize } from '@qernel/kernels'
import { expect, test } from 'vitest'
import { compileNamed, compileSteps, launcherText } from './compile.ts'

test('arguments are checked, every kernel is launched in order', () => {
  expect(launcherText(compileNamed(int8PerChannel(), 'vectorized'))).toMatchInlineSnapshot(`
    "extern "C" cudaError_t qernel_int8_per_channel(
        const float* x,
        float* scale,
        int8_t* q,
        int64_t T,
        int64_t D,
        cudaStream_t stream) {
      if (T < 0 || T > 2147483647) return cudaErrorInvalidValue;
      if (D < 0 || D > 2147483647) return cudaErrorInvalidValue;
      if (D % 4 != 0) return cudaErrorInvalidValue;  // assumed by predicate(d=assume)
      if (T > 0 && D > 0 && x == nullptr) return cudaErrorInvalidValue;
      if (D > 0 && scale == nullptr) return cudaErrorInvalidValue;
      if (T > 0 && D > 0 && q == nullptr) return cudaErrorInvalidValue;
      if (reinterpret_cast<uintptr_t>(x) % 16 != 0) return cudaErrorInvalidValue;  // accessed as float4
      if (reinterpret_cast<uintptr_t>(scale) % 16 != 0) return cudaErrorInvalidValue;  // accessed as float4
      if (reinterpret_cast<uintptr_t>(q) % 4 != 0) return cudaErrorInvalidValue;  // accessed as char4

      const unsigned scale_grid_x = unsigned((D + 63) / 64);
      const unsigned q_grid_x = unsigned((D + 63) / 64);
      const unsigned q_grid_y = unsigned((T + 15) / 16);
      if (q_grid_y > 65535) return cudaErrorInvalidConfiguration;
      if (scale_grid_x > 0) {
        int8_per_channel_scale<<<dim3(scale_grid_x), dim3(64), 0, stream>>>(
            x, scale, unsigned(T), unsigned(D));
      }
      if (q_grid_x > 0 && q_grid_y > 0) {
        int8_per_channel_q<<<dim3(q_grid_x, q_grid_y), dim3(16, 16), 0, stream>>>(
            x, scale, q, unsigned(T), unsigned(D));
      }
      return cudaGetLastError();
    }
    #endif
    "
  `)
})

test('a folded grid is one row of blocks, which has to be long enough', () => {
  const folded = compileSteps(int8PerChannelQuantize(), 'tile(t=16,d=64)', { folds: true })
  expect(launcherText(folded).split('\n').slice(13, 23).join('\n')).toMatchInlineSnapshot(`
    "  const unsigned grid_x = unsigned((D + 63) / 64);
      const unsigned grid_y = unsigned((T + 15) / 16);
      if (grid_x > 0 && grid_y > 2147483647 / grid_x) return cudaErrorInvalidConfiguration;
      if (grid_x > 0 && grid_y > 0) {
        int8_per_channel_quantize<<<dim3(grid_x * grid_y), dim3(64, 16), 0, stream>>>(
            x, scale, q, unsigned(T), unsigned(D));
      }
      return cudaGetLastError();
    }
    #endif"
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
      if (x == nullptr) return cudaErrorInvalidValue;
      if (scale == nullptr) return cudaErrorInvalidValue;
      if (q == nullptr) return cudaErrorInvalidValue;

      int8_per_channel_quantize<<<dim3(8, 4), dim3(16, 16), 0, stream>>>(
          x, scale, q);
      return cudaGetLastError();
    }
    #endif
    "
  `)
})

test('facts of the kernel are checked, a temporary is a workspace', () => {
  const blur = kernel('blur', ({ size, input, output, temporary }) => {
    const N = size('N', { multipleOf: 8, atMost: 4096 })
    const x = input('x', f32, [N])
    const half = temporary('half', f32, [N], n => x(n).mul(0.5))
    output('q', i8, [N], n => half(n).round())
  })
  const compiled = compileSteps(blur, 'tile(n=64)')
  expect(compiled.source).toContain('//   half: workspace, f32 [N]')
  expect(launcherText(compiled)).toContain('if (N % 8 != 0) return cudaErrorInvalidValue;  // declared by kernel blur')
  expect(launcherText(compiled)).toContain('if (N > 4096) return cudaErrorInvalidValue;')
})

test('blocks along y and z are limited', () => {
  const text = launcherText(compileNamed(int8PerChannelQuantize(), 'naive'))
  expect(text).toContain('if (grid_y > 65535) return cudaErrorInvalidConfiguration;')
  expect(text).not.toContain('if (grid_x > 65535)')
})
