/** Reads budgets, times, seeds and shards. */
import type { Budget, Shard } from '@qernel/tune'
import { UsageError } from '../errors/usage-error.ts'

const seconds = { ms: 0.001, s: 1, m: 60, h: 3600 } as const

/** `90s`, `30m`, `1.5h`: seconds; undefined for other text. */
function secondsOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const value = amount === undefined ? Number.NaN : Number(amount) * seconds[unit as keyof typeof seconds]
  return value > 0 ? value : undefined
}

/** @throws UsageError */
export function budgetOption(text: string | undefined): Budget {
  if (text === undefined) return {}
  if (/^[1-9]\d{0,8}$/.test(text)) return { candidates: Number(text) }
  const time = secondsOf(text)
  if (time !== undefined) return { seconds: time }
  throw new UsageError({
    what: `'${text}' is not a budget`,
    where: '--budget',
    allowed: 'a number of candidates, such as 200, or a time, such as 90s, 30m or 2h',
  })
}

/** @throws UsageError */
export function timeOption(where: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = secondsOf(text)
  if (time !== undefined) return time
  throw new UsageError({ what: `'${text}' is not a time`, where, allowed: 'such as 90s, 30m or 2h' })
}

/** @throws UsageError */
export function seedOption(text: string | undefined): number {
  if (text === undefined) return 1
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError({
    what: `'${text}' is not a seed`,
    where: '--seed',
    allowed: 'a whole number from 0 to 999999999',
  })
}

/** @throws UsageError */
export function shardOption(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined
  const [, index, count] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (shard.index <= shard.count) return shard
  throw new UsageError({
    what: `'${text}' is not a part of a space`,
    where: '--shard',
    allowed: 'I/N with I from 1 to N, such as 3/16',
  })
}
