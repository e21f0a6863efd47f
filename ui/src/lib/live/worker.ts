import { Hub } from './hub'
import type { ToWorker } from './types'

// The shared worker: one live feed for all tabs of this browser.
const hub = new Hub()

self.addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]
  if (!port) return
  const listener = { post: (message: unknown) => port.postMessage(message) }
  port.addEventListener('message', (sent: MessageEvent<ToWorker>) => hub.take(listener, sent.data))
  port.start()
})
