/**
 * The function with its recent results cached, for facts that are needed again and again about data that never changes.
 *
 * Not a WeakMap: nests and expressions live for one step, and a garbage collection of young objects keeps whatever a WeakMap
 * holds of them, dead or not.
 *
 * @param most results that are kept; beyond that all of them are dropped
 */
export function memoize<Key extends object, Result extends object>(
  compute: (key: Key) => Result,
  most: number,
): (key: Key) => Result {
  let known = new Map<Key, Result>()
  return key => {
    const before = known.get(key)
    if (before !== undefined) return before
    const result = compute(key)
    if (known.size >= most) known = new Map()
    known.set(key, result)
    return result
  }
}
