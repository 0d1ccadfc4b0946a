/** For the `ref` of what unfolds inside a panel that scrolls: it may begin below what is in view. */
export const intoView = (element: Element | null): void => element?.scrollIntoView({ block: 'nearest' })
