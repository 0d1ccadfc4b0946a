/** A kernel written by hand: `y(t, d) = x(t, d) · 2` for f32 arrays of any shape, one invocation per element. */
import type { CompiledKernel } from '@qernel/codegen'
import { f32, type Tensor } from '@qernel/dsl'

const header = `struct Sizes { T: u32, D: u32, zero: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

@compute @workgroup_size(64) fn scale(@builtin(global_invocation_id) id: vec3u) {
  let count = sizes.T * sizes.D;
`

/** @param body statements of the entry point, which may use `id.x` and the number of elements, `count` */
export function scaleKernel(body = 'if (id.x < count) { y[id.x] = x[id.x] * 2; }'): CompiledKernel {
  const shape = [
    { size: 'T', dividedBy: 1 },
    { size: 'D', dividedBy: 1 },
  ]
  const array = { type: f32, shape, rowAlignment: 4, sizeAlignment: 4 }
  return {
    kernel: 'scale',
    target: 'wgsl',
    source: `${header}  ${body}\n}\n`,
    arrays: [
      { ...array, name: 'x', role: 'input', binding: 0, access: 'read' },
      { ...array, name: 'y', role: 'output', binding: 1, access: 'read_write' },
    ],
    sizes: [{ name: 'T' }, { name: 'D' }],
    requires: [],
    launches: [
      {
        entry: 'scale',
        workgroup: [64, 1, 1],
        // At most 64 columns, in all rows: as many workgroups as the elements need, or more.
        grid: [{ size: 'T', dividedBy: 1 }, 1, 1],
        arrays: ['x', 'y'],
        sharedBytes: 0,
      },
    ],
  }
}

/** 0, 1, 2, … in the given shape. */
export function counting(...shape: number[]): Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1)
  return { type: f32, shape, data: Float32Array.from({ length: count }, (_, index) => index) }
}

/** Runs the kernel on `counting(T, D)`; D is at most 64. */
export function scaleArguments(T: number, D: number) {
  return { inputs: new Map([['x', counting(T, D)]]), sizes: { T, D } }
}
