/** Unique, stable names inside one function: the wanted name, then `name_2`, `name_3`, … */
export class Namer {
  readonly #taken: Set<string>
  /** Where to go on looking for a free number, by the name that is wanted. */
  readonly #next = new Map<string, number>()
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken)
  }
  fresh(wanted: string): string {
    let name = wanted
    if (this.#taken.has(name)) {
      let number = this.#next.get(wanted) ?? 2
      do name = `${wanted}_${number++}`
      while (this.#taken.has(name))
      this.#next.set(wanted, number)
    }
    this.#taken.add(name)
    return name
  }
}
