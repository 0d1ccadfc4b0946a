/** Each transform is one value in one file. A browser cannot list a folder, so one file lists all of them. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parameterDomains } from '../../src/steps/parameter-domains.ts'
import type { Transform } from '../../src/steps/transform.ts'
import * as listed from '../../src/transforms/index.ts'

const folder = new URL('../../src/transforms/', import.meta.url)
const files = readdirSync(folder).filter(file => file !== 'index.ts')
const known = new Set<Transform>(Object.values(listed).map(({ transform }) => transform as unknown as Transform))

test.each(files)('%s defines one transform, and transforms/index.ts exports it', async file => {
  const made = Object.values((await import(new URL(file, folder).href)) as Record<string, unknown>).flatMap(value =>
    typeof value === 'function' && 'transform' in value ? [value.transform as Transform] : [],
  )
  expect(made.map(({ name }) => name)).toHaveLength(1)
  const missing = made
    .filter(transform => !known.has(transform))
    .map(({ name }) => `export { ${name} } from './${file}'`)
  expect(missing, 'add to packages/schedule/src/transforms/index.ts').toEqual([])
})

test.each([...known].map(transform => [transform.name, transform] as const))(
  '%s declares the values that its arguments may take, so that random steps and documentation can be made of them',
  (_, transform) => {
    const { named, axes } = parameterDomains(transform)
    expect(named.length > 0 || axes !== undefined).toBe(true)
    // An argument with an uninformative schema would be taken for a free name.
    const free = named.filter(({ domain }) => domain.kind === 'name').map(({ name }) => name)
    expect(free.filter(name => name !== 'inner')).toEqual([])
  },
)
