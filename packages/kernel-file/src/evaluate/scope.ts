import type { SourceText } from '../syntax.ts'
import type { Binding, Scope } from './known.ts'

/** The names of a file, or of a function in it. */
export class NameScope implements Scope {
  readonly source: SourceText
  readonly #outer: Scope | undefined
  readonly #names = new Map<string, Binding>()
  constructor(source: SourceText, outer?: Scope) {
    this.source = source
    this.#outer = outer
  }
  inner(): Scope {
    return new NameScope(this.source, this)
  }
  bind(name: string, binding: Binding): void {
    this.#names.set(name, binding)
  }
  find(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name)
  }
  names(): string[] {
    return [...(this.#outer?.names() ?? []), ...this.#names.keys()]
  }
}
