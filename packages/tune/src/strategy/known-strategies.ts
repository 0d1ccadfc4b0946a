/** The strategies by name: those of this package, and any that plug-ins define. */
import { auto } from './auto.ts'
import { evolutionary } from './evolutionary.ts'
import { exhaustive } from './exhaustive.ts'
import { forest } from './forest.ts'
import { localSearch } from './local-search.ts'
import { random } from './random.ts'
import type { Strategy } from './strategy.ts'
import { successiveHalving } from './successive-halving.ts'

const known = new Map<string, Strategy>(
  [auto, exhaustive, random, localSearch, evolutionary, forest, successiveHalving].map(each => [each.name, each]),
)

/**
 * Adds a strategy, so that `qernel tune --strategy NAME` finds it: a plug-in calls this.
 *
 * @throws Error if another strategy has the name, or the name is not in kebab case
 */
export function defineStrategy(strategy: Strategy): Strategy {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(strategy.name))
    throw new Error(`the strategy name '${strategy.name}' is not in kebab case, such as local-search`)
  if (known.has(strategy.name)) throw new Error(`a strategy named ${strategy.name} is already defined`)
  known.set(strategy.name, strategy)
  return strategy
}

/** All strategies, the default first. */
export const listStrategies = (): readonly Strategy[] => [...known.values()]

/** The strategy with this name; undefined if there is none. */
export const findStrategy = (name: string): Strategy | undefined => known.get(name)
