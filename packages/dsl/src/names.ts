import { DefinitionError, here } from './definition-error.ts'
import type { Index } from './value.ts'

/** Names that would collide with generated code or with the schedule language. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  tensor: ['stage', 'transform', 'sizes'],
  size: ['stage', 'transform', 'zero'],
  // A step names axes and loops as its arguments, beside these two.
  index: ['stage', 'transform'],
}

export function checkName(what: string, name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
    throw new DefinitionError(
      `${here()}: the ${what} name '${name}' is not a letter followed by letters, digits and _ (63 at most)`,
    )
  if (reserved[what]?.includes(name)) throw new DefinitionError(`${here()}: the ${what} name '${name}' is reserved`)
}

/** The author's own index names, read off the arrow function, so that loops and generated code carry them; '' for others. */
export function parameterNames(value: (...index: Index[]) => unknown): string[] {
  const list = /^\(([^)]*)\)\s*=>|^([A-Za-z_$][\w$]*)\s*=>|^function\s*\w*\(([^)]*)\)/.exec(value.toString())
  const names = (list?.[1] ?? list?.[2] ?? list?.[3] ?? '').split(',').map(name => name.trim())
  return names.map(name => {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return ''
    checkName('index', name)
    return name
  })
}
