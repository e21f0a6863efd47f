import '@mantine/core/styles.layer.css'
import './app/fonts.css'
import './app/global.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { initI18n } from './lib/i18n'

// after an upgrade an open tab asks for files that are gone: load the new version, once
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('recado-reloaded') ?? 0)
  if (Date.now() - last < 30_000) return
  event.preventDefault()
  sessionStorage.setItem('recado-reloaded', String(Date.now()))
  window.location.reload()
})

await initI18n()
createRoot(document.getElementById('root')!).render(<App />)
