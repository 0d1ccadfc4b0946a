/** Light and dark: as the system says, unless the visitor chose. `public/theme.js` applies the choice before the first paint. */
import { signal } from '@preact/signals'

const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'qernel-theme'

/** A browser may forbid storage, and the page then forgets the choice. */
function stored(): Theme {
  try {
    return themes.find(one => one === localStorage.getItem(key)) ?? 'system'
  } catch {
    return 'system'
  }
}

export const theme = signal<Theme>('system')

/** Takes over the choice of the last visit. */
export function restoreTheme(): void {
  theme.value = stored()
}

/** Goes from the system's theme to light, to dark, and back. */
export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system'
  theme.value = next
  if (next === 'system') document.documentElement.removeAttribute('data-theme')
  else document.documentElement.dataset.theme = next
  try {
    localStorage.setItem(key, next)
  } catch {
    // The page keeps the theme until it is closed.
  }
}
