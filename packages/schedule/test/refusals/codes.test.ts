/** Every refusal code has a test file here that asserts it. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { refusalMeanings } from '../../src/index.ts'

const files = readdirSync(new URL('.', import.meta.url)).flatMap(file => /^(.*)\.test\.ts$/.exec(file)?.[1] ?? [])

test.each(Object.keys(refusalMeanings))('%s is asserted in a file of its name', code => {
  expect(files, `packages/schedule/test/refusals/${code}.test.ts`).toContain(code)
  expect(readFileSync(new URL(`${code}.test.ts`, import.meta.url), 'utf8')).toContain(`toBe('${code}')`)
})

test('every test file is named after an existing code', () => {
  expect(files.filter(file => file !== 'codes')).toEqual(Object.keys(refusalMeanings).sort())
})
