// The theme that the visitor chose, before the first paint. A file of its own, because the page allows no script in its text.
try {
  const theme = localStorage.getItem('qernel-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
