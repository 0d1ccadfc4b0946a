/** Unique, stable names inside one function: the wanted name, then `name_2`, `name_3`, … */
export class Namer {
  readonly #taken: Set<string>
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken)
  }
  fresh(wanted: string): string {
    let name = wanted
    for (let i = 2; this.#taken.has(name); i++) name = `${wanted}_${i}`
    this.#taken.add(name)
    return name
  }
}
