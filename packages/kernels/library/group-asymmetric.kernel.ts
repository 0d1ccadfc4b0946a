/** Asymmetric codes of 2 to 8 bits in groups, with one f16 scale and one f16 zero point per group: KIVI's arithmetic with guards. */
import { f32, kernel, type StorageType } from '@qernel/dsl/source'
import { codeTypes, dequantize, quantize } from './asymmetric-groups.ts'

type Options = { bits?: 8 | 4 | 3 | 2; group?: 32 | 64 | 128; along?: 'inner' | 'outer' }

export const groupAsymmetric = ({ bits = 4, group = 32, along = 'inner' }: Options = {}, element: StorageType = f32) =>
  kernel(
    `group_asymmetric_${codeTypes[bits].name}_g${group}_${along}`,
    builder => quantize(builder, { bits, group, along, clamps: true }, element),
    `${bits}-bit asymmetric, groups of ${group} along ${along === 'inner' ? 'D' : 'T'}: zero = min x, scale = (max x − min x) / ${2 ** bits - 1}, q = round((x − zero) / scale)`,
  )

/** The inverse. */
export const groupAsymmetricDequantize = (
  { bits = 4, group = 32, along = 'inner' }: Options = {},
  element: StorageType = f32,
) =>
  kernel(
    `group_asymmetric_${codeTypes[bits].name}_g${group}_${along}_dequantize`,
    builder => dequantize(builder, { bits, group, along }, element),
    `${bits}-bit asymmetric, groups of ${group} along ${along === 'inner' ? 'D' : 'T'}, back to floats: x = q · scale + zero`,
  )
