/** What the generated pages rely on: every transform and every refusal has an example that does what the page says. */
import { readFileSync } from 'node:fs'
import { kernelLibrary } from '@qernel/kernels'
import { listTransforms, type RefusalCode, refusalMeanings } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { commandListings, fileListing } from '../scripts/docs/listings.ts'
import { fillParts, markdownTable } from '../scripts/docs/markers.ts'
import { exampleOf as refusalExample } from '../scripts/docs/pages/refusal-page.ts'
import { exampleOf } from '../scripts/docs/pages/transform-pages.ts'

describe('the example of each transform', () => {
  test.each(listTransforms().map(transform => [transform.name, transform] as const))(
    '%s changes the nest, and both targets take it',
    (_, transform) => {
      const { before, after } = exampleOf(transform)
      expect(after).not.toEqual(before)
    },
  )
})

describe('the example of each refusal', () => {
  test.each(Object.keys(refusalMeanings) as RefusalCode[])('%s', code => {
    expect(refusalExample(code).code).toBe(code)
  })
})

test('the accuracy page lists every quantizer, on uniform data and on both parts of the cache', () => {
  // The last table is of attention, where keys and values may have formats of their own.
  const page =
    readFileSync('docs/accuracy.md', 'utf8')
      .split(/^#+ .*attention.*$/im)[0]
      ?.split('\n') ?? []
  const quantizers = kernelLibrary.filter(
    ({ roundTrip, define }) =>
      roundTrip !== undefined && define().tensors.filter(({ role }) => role === 'input').length === 1,
  )
  for (const { name } of quantizers)
    expect(
      page.filter(line => line.split(' ')[0] === name),
      name,
    ).toHaveLength(3)
})

test('a listing without content is an error, for a command and for a file', () => {
  const command = [['list', 'targets'], () => ''] as const
  expect(() => commandListings({ code: command })).toThrow('the listing code shows nothing')
  expect(() => fileListing('README.md', () => '\n')).toThrow('the listing README.md shows nothing')
})

describe('generated parts of a page', () => {
  const page = 'a\n<!-- generated: one (a note) -->\nold\n<!-- end -->\nb\n<!-- snapshot: two -->\n1 ms\n<!-- end -->\n'
  test('the text between the markers is replaced, and snapshots stay unchanged', () => {
    expect(fillParts('p.md', page, { one: 'new\n' })).toBe(page.replace('old', 'new'))
    expect(fillParts('p.md', page, { two: '2 ms' }, 'snapshot')).toBe(page.replace('1 ms', '2 ms'))
  })
  test('a part is inserted literally, even if it contains replacement patterns', () => {
    expect(fillParts('p.md', page, { one: "$1 $& $'" })).toContain("\n$1 $& $'\n")
  })
  test('a part without a place is an error, as is a place without a part', () => {
    expect(() => fillParts('p.md', page, { one: '', three: '' })).toThrow('p.md has no place for three')
    expect(() => fillParts('p.md', page, {})).toThrow('p.md has a place for one, which nothing generates')
  })
  test('a bar in a cell does not end the cell', () => {
    expect(markdownTable(['x'], [['|a|']])).toBe('| x |\n| --- |\n| \\|a\\| |\n')
  })
})
