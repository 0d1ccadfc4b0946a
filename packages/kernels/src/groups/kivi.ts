import { type AsymmetricFormat, groupAsymmetric, groupAsymmetricDequantize } from './group-asymmetric.ts'
import type { GroupOptions } from './groups.ts'

/**
 * KIVI (arXiv 2402.02750): asymmetric 2- or 4-bit codes, s = (max − min)/(2^b − 1), q = round((x − min)/s), x̂ = q·s + min, s and
 * min stored in f16. Keys per channel in groups of 32 tokens, values per token in groups of 32 channels. The last 128 tokens, which
 * KIVI keeps in f16, are the caller's.
 *
 * Three things differ. Everything is computed in f32 from the f32 minimum and maximum, while KIVI's own code computes in f16, the type of
 * its cache: 0.04% to 0.25% of the codes differ. KIVI divides by zero in a constant group; here its scale is 1. Its packing
 * axis for keys is the tokens; ours is the channels.
 *
 * As in KIVI, nothing is clamped to f16: from |min| = 65,520 on the zero of a group is infinite, and from (max − min)/(2^b − 1) = 65,520 on
 * its scale is. The whole group comes back infinite or as NaN then, finite elements too, as with an infinity in it.
 * \`groupAsymmetric\`, which bounds the error of all other groups, clamps.
 * The formulas are those of every asymmetric group: `scaleOf` in `group-asymmetric.ts`.
 */
const keyGroups = (bits: 2 | 4): GroupOptions => ({ bits, length: 32, along: 'outer' })
const valueGroups = (bits: 2 | 4): GroupOptions => ({ bits, length: 32, along: 'inner' })
const keyFormat = (bits: 2 | 4): AsymmetricFormat => ({ name: `kivi_key_u${bits}`, clamps: false })
const valueFormat = (bits: 2 | 4): AsymmetricFormat => ({ name: `kivi_value_u${bits}`, clamps: false })

/** Keys: x [T, D], T a multiple of 32 → zero, scale f16 [T/32, D], q [T, D]. */
export const kiviKey = (bits: 2 | 4) => groupAsymmetric(keyGroups(bits), keyFormat(bits))
/** KIVI's keys back: x = q · scale + minimum, a group being 32 tokens of a channel. */
export const kiviKeyDequantize = (bits: 2 | 4) => groupAsymmetricDequantize(keyGroups(bits), keyFormat(bits).name)
/** Values: x [T, D], D a multiple of 32 → zero, scale f16 [T, D/32], q [T, D]. */
export const kiviValue = (bits: 2 | 4) => groupAsymmetric(valueGroups(bits), valueFormat(bits))
/** KIVI's values back: x = q · scale + minimum, a group being 32 channels of a token. */
export const kiviValueDequantize = (bits: 2 | 4) => groupAsymmetricDequantize(valueGroups(bits), valueFormat(bits).name)
