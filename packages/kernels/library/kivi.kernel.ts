/** KIVI (arXiv 2402.02750): asymmetric codes of 2 or 4 bits, keys in groups of 32 tokens, values in groups of 32 channels. Nothing is clamped to f16. */
import { f32, kernel, type StorageType } from '@qernel/dsl/source'
import { dequantize, quantize } from './asymmetric-groups.ts'

type Options = { bits?: 4 | 2 }

const group = 32
const steps = (bits: 4 | 2) => 2 ** bits - 1

export const kiviKey = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `kivi_key_u${bits}`,
    builder => quantize(builder, { bits, group, along: 'outer', clamps: false }, element),
    `${bits}-bit asymmetric, groups of ${group} along T: zero = min x, scale = (max x − min x) / ${steps(bits)}, q = round((x − zero) / scale)`,
  )

/** The keys back. */
export const kiviKeyDequantize = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `kivi_key_u${bits}_dequantize`,
    builder => dequantize(builder, { bits, group, along: 'outer' }, element),
    `${bits}-bit asymmetric, groups of ${group} along T, back to floats: x = q · scale + zero`,
  )

export const kiviValue = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `kivi_value_u${bits}`,
    builder => quantize(builder, { bits, group, along: 'inner', clamps: false }, element),
    `${bits}-bit asymmetric, groups of ${group} along D: zero = min x, scale = (max x − min x) / ${steps(bits)}, q = round((x − zero) / scale)`,
  )

/** The values back. */
export const kiviValueDequantize = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `kivi_value_u${bits}_dequantize`,
    builder => dequantize(builder, { bits, group, along: 'inner' }, element),
    `${bits}-bit asymmetric, groups of ${group} along D, back to floats: x = q · scale + zero`,
  )
