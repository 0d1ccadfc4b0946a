/** Device programs written by hand: one function with one output `y` of words. */
import { u32 } from '@qernel/dsl'
import type { DeviceExpr, DeviceStatement, LoweredKernel, SharedArray } from '../src/internal.ts'
import { boolType, u32Type } from '../src/internal.ts'

export const words = (value: number): DeviceExpr => ({ kind: 'literal', type: u32Type, value })
export const named = (name: string): DeviceExpr => ({ kind: 'variable', type: u32Type, name })
export const thread: DeviceExpr = { kind: 'thread', type: u32Type, of: 'local', dimension: 'x' }
export const group: DeviceExpr = { kind: 'thread', type: u32Type, of: 'group', dimension: 'x' }
export const minus = (a: DeviceExpr, b: DeviceExpr): DeviceExpr => ({
  kind: 'op',
  type: u32Type,
  op: 'sub',
  args: [a, b],
})
export const plus = (a: DeviceExpr, b: DeviceExpr): DeviceExpr => ({
  kind: 'op',
  type: u32Type,
  op: 'add',
  args: [a, b],
})
export const times = (a: DeviceExpr, b: DeviceExpr): DeviceExpr => ({
  kind: 'op',
  type: u32Type,
  op: 'mul',
  args: [a, b],
})
export const below = (a: DeviceExpr, b: DeviceExpr): DeviceExpr => ({
  kind: 'op',
  type: boolType,
  op: 'lt',
  args: [a, b],
})
export const load = (array: string, index: DeviceExpr): DeviceExpr => ({
  kind: 'load',
  type: u32Type,
  array,
  index,
  access: { storage: 'u32', lanes: 1 },
})
export const shuffle = (value: DeviceExpr, offset: number): DeviceExpr => ({
  kind: 'op',
  type: value.type,
  op: 'shuffleXor',
  args: [value, words(offset)],
})
export const store = (array: string, index: DeviceExpr, value: DeviceExpr): DeviceStatement => ({
  kind: 'store',
  array,
  index,
  access: { storage: 'u32', lanes: 1 },
  value,
})
export const when = (condition: DeviceExpr, ...body: DeviceStatement[]): DeviceStatement => ({
  kind: 'if',
  condition,
  body,
})
export const repeat = (name: string, times: number, ...body: DeviceStatement[]): DeviceStatement => ({
  kind: 'for',
  name,
  extent: words(times),
  unroll: false,
  body,
})
export const atomicMax = (array: string, index: DeviceExpr, value: DeviceExpr): DeviceStatement => ({
  kind: 'atomicMax',
  array,
  index,
  value,
})
export const declare = (name: string): DeviceStatement => ({ kind: 'var', name, type: u32Type })
export const privateArray = (name: string, length: number): DeviceStatement => ({
  kind: 'array',
  name,
  type: u32Type,
  length,
})
export const barrier: DeviceStatement = { kind: 'barrier' }

/** A program with the output `y[length]`, run by `groups` workgroups of `threads` threads. */
export function smallProgram(
  {
    length,
    threads,
    groups = 1,
    shared = [],
  }: { length: number; threads: number; groups?: number; shared?: SharedArray[] },
  ...body: DeviceStatement[]
): LoweredKernel {
  return {
    arrays: [
      {
        name: 'y',
        role: 'output',
        type: u32,
        shape: [length],
        rowAlignment: 1,
        sizeAlignment: 4,
        binding: 0,
        access: 'read_write',
      },
    ],
    sizes: [],
    requires: [],
    launches: [{ entry: 'main', workgroup: [threads, 1, 1], grid: [groups, 1, 1], arrays: ['y'], sharedBytes: 0 }],
    program: {
      arrays: [{ name: 'y', element: { storage: 'u32', lanes: 1 }, access: 'read_write' }],
      sizes: [],
      usesZero: false,
      functions: [{ entry: 'main', workgroup: [threads, 1, 1], shared, body, arrays: ['y'] }],
    },
  }
}

export const sharedWords = (name: string, length: number): SharedArray => ({ name, type: u32Type, length })

/** The dispatches of several programs with the same output, in order. */
export function inOrder(...programs: readonly LoweredKernel[]): LoweredKernel {
  const [first] = programs as [LoweredKernel]
  const named = programs.map(({ launches, program }, i) => ({
    launches: launches.map(launch => ({ ...launch, entry: `${launch.entry}_${i}` })),
    functions: program.functions.map(one => ({ ...one, entry: `${one.entry}_${i}` })),
  }))
  return {
    ...first,
    launches: named.flatMap(({ launches }) => launches),
    program: { ...first.program, functions: named.flatMap(({ functions }) => functions) },
  }
}
