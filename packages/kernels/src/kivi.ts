import { groupAsymmetric, groupAsymmetricDequantize } from './group-asymmetric.ts'
import type { GroupOptions } from './groups.ts'

/**
 * KIVI (arXiv 2402.02750): asymmetric 2- or 4-bit codes, s = (max − min)/(2^b − 1), q = round((x − min)/s), x̂ = q·s + min, s and
 * min in f16. Keys per channel in groups of 32 tokens, values per token in groups of 32 channels. KIVI divides by zero in a
 * constant group; here its scale is 1 (see `groupAsymmetric`, which also bounds the error). Its packing axis for keys is the tokens;
 * ours is the channels. The last 128 tokens, which KIVI keeps in f16, are the caller's.
 */
const keyGroups = (bits: 2 | 4): GroupOptions => ({ bits, length: 32, along: 'outer' })
const valueGroups = (bits: 2 | 4): GroupOptions => ({ bits, length: 32, along: 'inner' })

/** Keys: x [T, D], T a multiple of 32 → zero, scale f16 [T/32, D], q [T, D]. */
export const kiviKey = (bits: 2 | 4) => groupAsymmetric(keyGroups(bits), `kivi_key_u${bits}`)
export const kiviKeyDequantize = (bits: 2 | 4) => groupAsymmetricDequantize(keyGroups(bits), `kivi_key_u${bits}`)
/** Values: x [T, D], D a multiple of 32 → zero, scale f16 [T, D/32], q [T, D]. */
export const kiviValue = (bits: 2 | 4) => groupAsymmetric(valueGroups(bits), `kivi_value_u${bits}`)
export const kiviValueDequantize = (bits: 2 | 4) => groupAsymmetricDequantize(valueGroups(bits), `kivi_value_u${bits}`)
