import { f16, f32, i8, type Kernel, kernel, sum } from '@qernel/dsl'

/** Elements of a block. */
const block = 32

/**
 * Scores of a query that is quantized like the keys, as llama.cpp computes them (`ggml_vec_dot_q8_0_q8_0`, its generic code): q8_0 × q8_0 with d and codes in
 * separate arrays, as `llama_cpp_q8_0` writes them. s[h, r, t] = Σ_b (Σ_j q · k) · (q_scale · k_scale): the inner sum is an integer and exact in any order,
 * at most 32 · 128² in magnitude; the blocks are added in order, in f32.
 *
 * q i8 [K, R, D], q_scale f16 [K, R, D/32], k i8 [K, T, D], k_scale f16 [K, T, D/32] → s f32 [K, R, T]. A NaN or infinite scale affects the scores of its token or
 * query only.
 */
export const integerScores = (): Kernel =>
  kernel(
    'scores_llama_cpp_q8_0_q8_0',
    ({ size, input, output }) => {
      const [K, R, T] = [size('K'), size('R'), size('T')]
      const D = size('D', { multipleOf: block })
      const blocks = D.groups(block)
      const q = input('q', i8, [K, R, D])
      const queryScale = input('q_scale', f16, [K, R, blocks.count])
      const k = input('k', i8, [K, T, D])
      const scale = input('k_scale', f16, [K, T, blocks.count])
      output('s', f32, { h: K, r: R, t: T }, (h, r, t) =>
        sum({ g: blocks.count }, g =>
          sum({ d: blocks.at(g) }, d => q(h, r, d).mul(k(h, t, d)))
            .toF32()
            .mul(queryScale(h, r, g).mul(scale(h, t, g))),
        ),
      )
    },
    'decode scores: s[h, r, t] = Σ_b (Σ_j q[h, r, j] · k[h, t, j]) · (q_scale[h, r, b] · k_scale[h, t, b]), the inner sum in integers',
  )
