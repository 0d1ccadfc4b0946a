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
