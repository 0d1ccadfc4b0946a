/** The names that a statement sees. */
import type { DeviceType } from '../program/device-type.ts'

/** A local name: what it holds, and what may be done with it. */
export interface Local {
  readonly kind: 'constant' | 'variable' | 'array'
  readonly type: DeviceType
}

export class Names {
  /** Every name of the function, visible or not. */
  readonly #taken: Set<string>
  readonly #visible = new Map<string, Local>()
  /** In the order of their declarations. */
  readonly #declared: string[] = []

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken)
  }

  find(name: string): Local | undefined {
    return this.#visible.get(name)
  }

  /** Whether the name is new in the function. */
  declare(name: string, local: Local): boolean {
    if (this.#taken.has(name)) return false
    this.#taken.add(name)
    this.#visible.set(name, local)
    this.#declared.push(name)
    return true
  }

  /** Runs what stands in a block; what it declares is gone afterwards. */
  inBlock(run: () => void): void {
    const before = this.#declared.length
    run()
    for (const name of this.#declared.splice(before)) this.#visible.delete(name)
  }
}
