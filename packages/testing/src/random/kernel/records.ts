/** Records of a random kernel: rows of bytes that mix types. */
import {
  bf16,
  type Field,
  f16,
  f32,
  field,
  type Index,
  i8,
  i32,
  type KernelBuilder,
  type StorageType,
  u8,
  type Value,
} from '@qernel/dsl'
import type { Pick } from '@qernel/schedule'
import { type Dim, type Scope, type Walk, walksOf } from './scope.ts'

/** Types of whole bytes: no others are allowed in a record. */
const types: readonly StorageType[] = [f16, f16, bf16, f32, i8, i8, u8, i32]

/** An array of records, one for each point of some of the axes, with 1 to 3 fields. */
export function randomRecord(
  builder: KernelBuilder,
  name: string,
  scope: Omit<Scope, 'walks'>,
  pick: Pick,
  stored: (type: StorageType, scope: Scope) => Value,
): void {
  const outer: Dim[] = scope.axes.map(({ size, groups }) =>
    groups !== undefined && pick([true, false]) ? groups.count : size,
  )
  const layout = Array.from({ length: pick([1, 2, 2, 3]) }, () => ({
    type: pick(types),
    length: pick([0, 0, 2, 3, 4, 8]),
  }))
  const bytes = layout.reduce((sum, { type, length }) => sum + (type.bits / 8) * Math.max(length, 1), 0)
  // Rows are whole words, so several records may have to share one.
  const sharing = bytes % 4 === 0 ? [] : [bytes % 2 === 0 ? 2 : 4]
  const dims = [...outer.slice(-2), ...sharing]
  const fields = layout.map(({ type, length }, i): [string, Field] => {
    const all: Dim[] = length === 0 ? dims : [...dims, length]
    const walks = (index: readonly Index[]): Walk[] => all.flatMap((dim, at) => walksOf(dim, index[at] as Index))
    const value = (...index: Index[]): Value => {
      const own = stored(type, { ...scope, walks: walks(index) })
      // The bytes of a NaN depend on the device, except for 16-bit floats.
      return type === f32 ? own.max(-1) : own
    }
    return [`f${i}`, length === 0 ? field(type, value) : field(type, length, value)]
  })
  builder.outputRecord(name, dims, Object.fromEntries(fields))
}
