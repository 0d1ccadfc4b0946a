import type { Random } from '../candidate.ts'

/** In random order (Fisher and Yates). */
export function shuffled<T>(from: readonly T[], random: Random): T[] {
  const order = [...from]
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = order[i] as T
    order[i] = order[j] as T
    order[j] = held
  }
  return order
}
