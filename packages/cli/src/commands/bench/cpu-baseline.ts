/** The quantizer on one CPU thread, as C++ compiled on the machine that runs it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { CpuTime } from './results.ts'

/**
 * Walks the same row-major arrays in two orders: column by column, as the CPU code of arXiv 2601.04719 does, with
 * halves rounded away from zero; and row by row, in memory order, with halves rounded to even as on the GPU.
 */
const source = String.raw`#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>
static double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
int main(int, char** argv) {
  const size_t T = std::strtoull(argv[1], nullptr, 10), D = std::strtoull(argv[2], nullptr, 10);
  std::vector<float> x(T * D), back(T * D), scale(D, 1e-8f);
  std::vector<int8_t> columns(T * D), rows(T * D);
  uint32_t state = 1;
  for (size_t i = 0; i < T * D; i++) { state = state * 1664525u + 1013904223u; x[i] = float(state >> 8) * 0x1p-23f - 1.0f; }
  for (size_t t = 0; t < T; t++) for (size_t d = 0; d < D; d++) scale[d] = std::fmax(scale[d], std::fabs(x[t * D + d]));
  for (size_t d = 0; d < D; d++) scale[d] /= 127.0f;
  double a = now();
  for (size_t d = 0; d < D; d++) for (size_t t = 0; t < T; t++)
    columns[t * D + d] = int8_t(std::fmin(127.0f, std::fmax(-128.0f, std::round(x[t * D + d] / scale[d]))));
  double b = now();
  for (size_t d = 0; d < D; d++) for (size_t t = 0; t < T; t++) back[t * D + d] = columns[t * D + d] * scale[d];
  double c = now();
  for (size_t t = 0; t < T; t++) for (size_t d = 0; d < D; d++) {
    float v = std::nearbyintf(x[t * D + d] / scale[d]);
    v = v < -128.0f ? -128.0f : v;
    v = v > 127.0f ? 127.0f : v;
    rows[t * D + d] = int8_t(v);
  }
  double d = now();
  for (size_t t = 0; t < T; t++) for (size_t k = 0; k < D; k++) back[t * D + k] = rows[t * D + k] * scale[k];
  double e = now();
  size_t different = 0;
  for (size_t i = 0; i < T * D; i++) different += columns[i] != rows[i];
  volatile float keep = back[T * D / 2];
  (void)keep;
  std::printf("[%f, %f, %f, %f, %zu]\n", b - a, c - b, d - c, e - d, different);
}
`

/** The output of the program: the times of its four loops, and how many codes differ. */
const printed = v.tuple([v.number(), v.number(), v.number(), v.number(), v.number()])

/** @returns the times, or why there are none: a missing compiler is not an error */
export function cpuBaseline(
  sizes: readonly (readonly [T: number, D: number])[],
): { readonly times: readonly CpuTime[] } | { readonly note: string } {
  const compiler = ['c++', 'g++', 'clang++'].find(name => spawnSync(name, ['--version']).status === 0)
  if (compiler === undefined) return { note: 'No CPU times: no C++ compiler (c++, g++ or clang++) is installed.' }
  const folder = mkdtempSync(join(tmpdir(), 'qernel-cpu-'))
  try {
    const program = join(folder, 'baseline')
    writeFileSync(`${program}.cpp`, source)
    execFileSync(compiler, ['-std=c++17', '-O3', '-march=native', '-fno-math-errno', `${program}.cpp`, '-o', program])
    const times = sizes.flatMap(([T, D]): CpuTime[] => {
      const output = execFileSync(program, [String(T), String(D)], { encoding: 'utf8' })
      const [a, b, c, d, differentCodes] = v.parse(printed, JSON.parse(output))
      const size = `${T}x${D}`
      return [
        { size, order: 'column by column', quantizeMs: a, dequantizeMs: b, differentCodes },
        { size, order: 'row by row', quantizeMs: c, dequantizeMs: d, differentCodes },
      ]
    })
    return { times }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
