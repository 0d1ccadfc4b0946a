/**
 * The function with its recent results cached, for facts about immutable data that are needed repeatedly.
 *
 * Not a WeakMap: nests and expressions live for one step, and a garbage collection of young objects keeps whatever a WeakMap
 * holds of them, dead or not.
 *
 * @param most the number of results to keep; when it is exceeded, all are dropped
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
