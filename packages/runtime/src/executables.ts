import type { CompiledKernel } from '@qernel/codegen'
import type { Executable } from './device.ts'

/** The kernels that a device has compiled. Each is compiled once, and kept until it has been released as often as it was loaded. */
export class Executables<Own extends Executable> {
  readonly #loaded = new Map<string, { readonly executable: Promise<Own>; uses: number }>()

  /** @param compile compiles the kernel if it is not loaded yet. After a failure, the next load tries again. */
  load(compiled: CompiledKernel, compile: () => Promise<Own>): Promise<Own> {
    const key = keyOf(compiled)
    let entry = this.#loaded.get(key)
    if (entry === undefined) {
      entry = { executable: compile(), uses: 0 }
      this.#loaded.set(key, entry)
      entry.executable.catch(() => this.#loaded.delete(key))
    }
    entry.uses++
    return entry.executable
  }

  /** Releases one use. @returns whether it was the last one; the kernel is then forgotten. */
  giveBack({ compiled }: Executable): boolean {
    const key = keyOf(compiled)
    const entry = this.#loaded.get(key)
    if (entry === undefined || --entry.uses > 0) return false
    return this.#loaded.delete(key)
  }

  /** Forgets all kernels. @returns those that compiled without an error */
  async clear(): Promise<Own[]> {
    const all = await Promise.allSettled([...this.#loaded.values()].map(({ executable }) => executable))
    this.#loaded.clear()
    return all.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  }
}

const keyOf = ({ target, source, arrays, launches }: CompiledKernel): string =>
  JSON.stringify([target, source, arrays, launches])
