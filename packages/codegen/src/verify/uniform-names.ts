/** Finds the values that are uniform, that is the same in all threads of a workgroup. Barriers may stand only under uniform conditions. */
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from '../program/device-program.ts'

export class UniformNames {
  /** Variables and private arrays whose value may differ between threads. */
  readonly #differing = new Set<string>()
  /** Global arrays that this function only reads. */
  readonly #constant: ReadonlySet<string>

  constructor({ arrays }: DeviceProgram, { body }: DeviceFunction) {
    this.#constant = new Set(arrays.filter(({ access }) => access === 'read').map(({ name }) => name))
    for (let before = -1; before < this.#differing.size; ) {
      before = this.#differing.size
      this.#visit(body, true)
    }
  }

  /** Whether all threads of the workgroup compute the same value, provided that all of them get here. */
  isUniform(e: DeviceExpr): boolean {
    switch (e.kind) {
      case 'literal':
      case 'size':
        return true
      case 'thread':
        return e.of === 'group'
      case 'variable':
        return !this.#differing.has(e.name)
      case 'load':
        // Threads may see a change to any other array at different times.
        return this.#constant.has(e.array) && this.isUniform(e.index)
      case 'component':
        return this.isUniform(e.of)
      case 'dynamicComponent':
        return this.isUniform(e.of) && this.isUniform(e.lane)
      case 'op':
        return e.op !== 'shuffleXor' && e.args.every(arg => this.isUniform(arg))
      case 'construct':
        return e.args.every(arg => this.isUniform(arg))
    }
  }

  #visit(body: readonly DeviceStatement[], isUniformHere: boolean): void {
    for (const s of body) {
      if (s.kind === 'let' && !this.isUniform(s.value)) this.#differing.add(s.name)
      if (s.kind === 'var' && s.value !== undefined && !this.isUniform(s.value)) this.#differing.add(s.name)
      if (s.kind === 'assign' && !(isUniformHere && this.isUniform(s.value) && isUniformPlace(s, this)))
        this.#differing.add(s.name)
      if (s.kind === 'if') this.#visit(s.body, isUniformHere && this.isUniform(s.condition))
      if (s.kind === 'for') {
        if (!this.isUniform(s.extent)) this.#differing.add(s.name)
        this.#visit(s.body, isUniformHere && this.isUniform(s.extent))
      }
    }
  }
}

const isUniformPlace = ({ index }: DeviceStatement & { kind: 'assign' }, names: UniformNames): boolean =>
  index === undefined || names.isUniform(index)
