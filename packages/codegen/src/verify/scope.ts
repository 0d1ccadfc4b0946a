/** The names that are visible to a statement. */
import type { DeviceType } from '../program/device-type.ts'

/** A local name: its kind, and the type of its value or elements. */
export interface Local {
  readonly kind: 'constant' | 'variable' | 'array'
  readonly type: DeviceType
}

export class Names {
  /** Every name of the function, visible or not. */
  readonly #taken: Set<string>
  readonly #visible = new Map<string, Local>()
  /** Visible names in the order of their declarations. */
  readonly #declared: string[] = []

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken)
  }

  find(name: string): Local | undefined {
    return this.#visible.get(name)
  }

  /** Declares a name. @returns false, and declares nothing, if the function has the name already */
  declare(name: string, local: Local): boolean {
    if (this.#taken.has(name)) return false
    this.#taken.add(name)
    this.#visible.set(name, local)
    this.#declared.push(name)
    return true
  }

  /** Runs `run` in a new block: the names that it declares are not visible afterwards. */
  inBlock(run: () => void): void {
    const before = this.#declared.length
    run()
    for (const name of this.#declared.splice(before)) this.#visible.delete(name)
  }
}
