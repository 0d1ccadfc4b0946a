import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type RecordedSpace, readRecordedSpace } from '../../src/index.ts'

const file = new URL('../../../../bench/spaces/convolution-A4000-small.json.gz', import.meta.url)

/** A part of a space that other people have measured: 1,768 candidates. */
export const smallSpace = (): RecordedSpace => readRecordedSpace(JSON.parse(gunzipSync(readFileSync(file)).toString()))

/** Two parameters, `x` from 0 to 3 and `y` a word: 8 candidates, of which one fails. The best is x=3, y=b. */
export const tinyJson = {
  source: 'made up',
  parameters: { x: [0, 1, 2, 3], y: ['a', 'b'] },
  rows: [
    [0, 0, 8, 1, 'correct'],
    [0, 1, 7, 1, 'correct'],
    [1, 0, 6, 1, 'correct'],
    [1, 1, null, 3, 'compile'],
    [2, 0, 4, 1, 'correct'],
    [2, 1, 3, 1, 'correct'],
    [3, 0, 2, 1, 'correct'],
    [3, 1, 1, 1, 'correct'],
  ],
}
