/**
 * Parts of a kernel as JSON: maps as sorted pairs, storage types by name, and the numbers that JSON lacks as texts. `JSON.stringify` takes twice as
 * long with a replacer that does this.
 */
export function kernelJson(value: unknown): string {
  if (typeof value === 'number')
    return Object.is(value, -0) ? '"-0"' : Number.isFinite(value) ? String(value) : `"${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (value instanceof Map) return kernelJson([...value].sort(([a], [b]) => (a < b ? -1 : 1)))
  if (isStorageType(value)) return JSON.stringify(value.name)
  let members = ''
  if (Array.isArray(value)) {
    for (const member of value) members += `${members === '' ? '' : ','}${kernelJson(member)}`
    return `[${members}]`
  }
  for (const name in value) {
    const member = value[name as keyof typeof value]
    if (member !== undefined) members += `${members === '' ? '' : ','}"${name}":${kernelJson(member)}`
  }
  return `{${members}}`
}

const isStorageType = (value: object): value is { readonly name: string } =>
  'compute' in value && 'bits' in value && 'name' in value
