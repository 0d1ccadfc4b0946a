/** The examples of the menu: each is compiled for both targets with every schedule that goes with it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../src/engine/engine.ts'
import { loadLanguage } from '../src/engine/language.ts'
import type { Compiled } from '../src/protocol.ts'

const folder = join(import.meta.dirname, '../examples')
const files = readdirSync(folder)

function compiled(text: string, schedule: string): Compiled {
  const subject = {
    kernel: { kind: 'text', text },
    schedule: { kind: 'named', name: schedule },
    fixed: {},
    at: {},
  } as const
  const response = answer({ kind: 'compile', id: 1, target: 'wgsl', subject })
  if (response.kind !== 'compile') throw new Error(JSON.stringify(response))
  return response.result
}

describe('the examples', () => {
  beforeAll(loadLanguage)

  it('are all in the menu, and nothing else is in their folder', () => {
    expect(files.length).toBeGreaterThanOrEqual(7)
    for (const file of files) expect(file).toMatch(/^[a-z0-9-]+\.kernel\.ts$/)
  })

  it.each(files)('%s explains itself in one line, and compiles with every schedule', file => {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).toMatch(/^\/\*\* [A-Z].{30,170}\. \*\/\n/)
    const { kernel } = compiled(text, 'naive')
    expect(kernel?.summary).toMatch(/^.{3,}: /)
    for (const { name, isOwn } of kernel?.schedules ?? []) {
      const { problems, steps, sources } = compiled(text, name)
      expect([name, problems, steps.filter(({ outcome }) => outcome.kind !== 'applied')]).toEqual([name, [], []])
      // `tuned` and `naive` are for every kernel and every target; the others may need more than a target has.
      if (isOwn || name === 'naive' || name === 'tuned')
        expect([name, sources?.wgsl.kind, sources?.cuda.kind]).toEqual([name, 'source', 'source'])
    }
    expect(answer({ kind: 'diagnose', id: 1, text })).toMatchObject({ result: [] })
  })
})
