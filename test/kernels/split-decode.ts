/** Decode attention over a cache of 4-bit codes, split into chunks of tokens: what one stage of a chunk hands to the next fits on chip. */
import { f16, f32, type Kernel, kernel, max, sum, u4 } from '@qernel/dsl'

/**
 * Scores, softmax and values per chunk, then the combination of the chunks.
 *
 * @param chunk tokens per chunk; T is a multiple of it
 */
export const splitDecode = (chunk: number): Kernel =>
  kernel('split_decode', ({ size, input, output, temporary }) => {
    const H = size('H')
    const T = size('T', { multipleOf: chunk })
    const D = size('D', { multipleOf: 8 })
    const chunks = T.groups(chunk)
    const q = input('q', f16, [H, D])
    const k = input('k', u4, [H, T, D])
    const ks = input('ks', f32, [H, T])
    const v = input('v', u4, [H, T, D])
    const vs = input('vs', f32, [H, T])
    const s = temporary('s', f32, [H, chunks], (h, t) =>
      ks(h, t).mul(sum(D, d => q(h, d).mul(k(h, t, d).toF32().sub(8)))),
    )
    const m = temporary('m', f32, [H, chunks.count], (h, c) => max(chunks.at(c), t => s(h, t)))
    const l = temporary('l', f32, [H, chunks.count], (h, c) => sum(chunks.at(c), t => s(h, t).sub(m(h, c)).exp2()))
    const acc = temporary('acc', f32, [H, chunks.count, D], (h, c, d) =>
      sum(chunks.at(c), t =>
        s(h, t)
          .sub(m(h, c))
          .exp2()
          .mul(vs(h, t))
          .mul(v(h, t, d).toF32().sub(8)),
      ),
    )
    const M = temporary('M', f32, [H], h => max(chunks.count, c => m(h, c)))
    const L = temporary('L', f32, [H], h => sum(chunks.count, c => l(h, c).mul(m(h, c).sub(M(h)).exp2())))
    output('o', f32, [H, D], (h, d) => sum(chunks.count, c => acc(h, c, d).mul(m(h, c).sub(M(h)).exp2())).div(L(h)))
  })

/**
 * Two dispatches: a workgroup of 4 × 4 threads reads a chunk of 16 tokens once and keeps its scores in shared memory; another one combines the
 * chunks of a head.
 *
 *     grid.y h · grid.x chunk · shared s_tile: f32[16]
 *       block.y t · block.x t_in:            k_reg[D] = k[…];  s_tile[4·t + t_in] = ks · Σ_d q · (k_reg − 8)
 *       block.y ty · block.x tx:             m = max s_tile;  l = Σ exp2(s_tile − m)
 *       block.x d · block.y ty · vector 4:   acc = Σ exp2(s_tile − m) · vs · (v − 8)
 *     grid.x h · block.y c_in · block.x d:   o = Σ_c acc · exp2(m − M) / L
 */
export const splitDecodeSteps = [
  'fuse(producer=m,consumer=l,loops=2) fuse(producer=m,consumer=acc,loops=2) fuse(producer=s,consumer=m,loops=2,memory=shared)',
  'fuse(producer=M,consumer=L) fuse(producer=M,consumer=o) bind(h=grid.y,t_group=grid.x,stage=s)',
  'cache(buffer=k,memory=register,at=t,stage=s) vectorize(d=8,stage=s) split(loop=t,by=4,stage=s) bind(t=block.y,t_in=block.x,stage=s)',
  ...['m', 'l'].flatMap(stage => [
    `splitReduction(t=4,combine=shared,inner=ty,reassociate=true,stage=${stage})`,
    `splitReduction(t=4,combine=shared,inner=tx,reassociate=true,stage=${stage}) bind(ty=block.y,tx=block.x,stage=${stage})`,
  ]),
  'vectorize(d=4,stage=acc) splitReduction(t=4,combine=shared,inner=ty,reassociate=true,stage=acc) bind(d=block.x,ty=block.y,stage=acc)',
  ...['M', 'L', 'o'].map(stage => `splitReduction(c=4,combine=shared,reassociate=true,stage=${stage})`),
  'bind(c_in=block.y) bind(h=grid.x,d=block.x,stage=o)',
].join(' ')
