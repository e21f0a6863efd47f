// Sets the colour scheme before the first paint; a file of its own because the content policy allows no inline script.
(function () {
  try {
    var saved = localStorage.getItem('mantine-color-scheme-value')
    var dark = saved === 'dark' || (saved !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
    document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  } catch {
    document.documentElement.setAttribute('data-mantine-color-scheme', 'light')
  }
})()
