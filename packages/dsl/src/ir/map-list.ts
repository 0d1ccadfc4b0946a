/** As `map`; the list itself where nothing changes, so that what is known of it holds on. */
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
