import type { Space } from '../../src/index.ts'

/** The ids of all candidates of a space, in its order. */
export async function idsOf(space: Space): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of space.candidates()) ids.push(id)
  return ids
}
