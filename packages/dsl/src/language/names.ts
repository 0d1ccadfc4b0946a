import type { Several } from './axes.ts'
import { DefinitionError, here } from './definition-error.ts'
import type { Index } from './value.ts'

/** Names that would collide with generated code or with the schedule language. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  tensor: ['stage', 'transform', 'sizes'],
  size: ['stage', 'transform', 'zero'],
  // A step has axes and loops as argument names, in addition to these two.
  index: ['stage', 'transform'],
}

export function checkName(what: string, name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))
    throw new DefinitionError(
      `${here()}: the ${what} name '${name}' is not a letter followed by letters, digits and _ (63 at most)`,
    )
  if (reserved[what]?.includes(name)) throw new DefinitionError(`${here()}: the ${what} name '${name}' is reserved`)
}

/** The axes in order, each with the name that the author gave it: as a key, or else as a parameter of the function. */
export function namedAxes<Axes>(
  axes: Several<Axes>,
  value: (...index: Index[]) => unknown,
  unnamed: string,
): { readonly name: string; readonly axis: Axes }[] {
  if (isList(axes)) {
    const names = parameterNames(value)
    return axes.map((axis, position) => ({ name: names[position] || `${unnamed}${position}`, axis }))
  }
  return Object.entries(axes).map(([name, axis]) => {
    checkName('index', name)
    return { name, axis }
  })
}

const isList = <Axes>(axes: Several<Axes>): axes is readonly Axes[] => Array.isArray(axes)

/** The author's own index names, read from the arrow function, so that loops and generated code carry them; '' for others. */
function parameterNames(value: (...index: Index[]) => unknown): string[] {
  const list = /^\(([^)]*)\)\s*=>|^([A-Za-z_$][\w$]*)\s*=>|^function\s*\w*\(([^)]*)\)/.exec(value.toString())
  const names = (list?.[1] ?? list?.[2] ?? list?.[3] ?? '').split(',').map(name => name.trim())
  return names.map(name => {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return ''
    checkName('index', name)
    return name
  })
}
