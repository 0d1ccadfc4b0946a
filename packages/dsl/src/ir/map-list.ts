/** Like `map`, but returns the same list if nothing changes, so that memoized facts about it stay valid. */
export function mapList<T>(list: readonly T[], change: (each: T, position: number) => T): readonly T[] {
  let result: T[] | undefined
  for (let i = 0; i < list.length; i++) {
    const each = list[i] as T
    const next = change(each, i)
    if (result !== undefined) result.push(next)
    else if (next !== each) result = [...list.slice(0, i), next]
  }
  return result ?? list
}

/** Like the method of arrays, which takes ten times as long in V8. Walks of nests and programs do little else. */
export function flatMap<T, Result>(
  list: Iterable<T>,
  of: (each: T, position: number) => Result | readonly Result[],
): Result[] {
  const results: Result[] = []
  let position = 0
  for (const each of list) {
    const found = of(each, position++)
    if (Array.isArray(found)) for (const result of found) results.push(result)
    else results.push(found as Result)
  }
  return results
}
