/** Makes a variant of a name that is taken: the `number`-th use of the name, from 2 on. */
export type NameVariant = (wanted: string, number: number) => string

/** `name2`, `name3`, … */
export const numbered: NameVariant = (wanted, number) => `${wanted}${number}`
/** `name_2`, `name_3`, … */
const numberedApart: NameVariant = (wanted, number) => `${wanted}_${number}`
/** `name_`, `name__`, … */
export const underscored: NameVariant = (wanted, number) => wanted + '_'.repeat(number - 1)

/** Unique names: the wanted one, or its first free variant. The same calls give the same names. */
export class UniqueNames {
  readonly #taken: Set<string>
  readonly #variant: NameVariant
  /** The number at which to continue the search, by wanted name. */
  readonly #next = new Map<string, number>()

  constructor(taken: Iterable<string> = [], variant: NameVariant = numberedApart) {
    this.#taken = new Set(taken)
    this.#variant = variant
  }

  /** A name that is not in use, and is reserved from now on. */
  fresh(wanted: string): string {
    let name = wanted
    if (this.#taken.has(name)) {
      let number = this.#next.get(wanted) ?? 2
      do name = this.#variant(wanted, number++)
      while (this.#taken.has(name))
      this.#next.set(wanted, number)
    }
    this.#taken.add(name)
    return name
  }

  /** Releases a name. */
  release(name: string): void {
    this.#taken.delete(name)
    this.#next.clear()
  }
}
