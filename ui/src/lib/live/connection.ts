import { readEvents } from './sse'
import type { LiveEvent, LiveState } from './types'

interface Options {
  url: string
  /** The token to connect with, as it is then. */
  token: () => string
  onEvent(event: LiveEvent): void
  onState(state: LiveState): void
  /** Everything shown may be out of date: a first connection, a new epoch, a gap. */
  onGap(): void
  fetch?: typeof fetch
  random?: () => number
}

const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000
/** The server pings every 25 s; a line silent for longer than two pings is dead. */
const SILENCE = 60_000

/** One live feed, held open: reads it, notices gaps, connects again with growing, jittered pauses. */
export class Connection {
  #options: Options
  #abort: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #seq = 0
  #epoch: string | number | undefined
  #stopped = false

  constructor(options: Options) {
    this.#options = options
    void this.#run()
  }

  /** Connects at once if it is waiting to: the network is back, the page was woken. */
  wake(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    void this.#run()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#watch)
    this.#abort?.abort()
  }

  async #run(): Promise<void> {
    const { url, token, onState } = this.#options
    const abort = new AbortController()
    this.#abort = abort
    try {
      const response = await (this.#options.fetch ?? fetch)(url, {
        headers: { Authorization: token(), Accept: 'text/event-stream' },
        cache: 'no-store',
        signal: abort.signal,
      })
      if (response.status === 401 || response.status === 403) {
        onState(response.status === 401 ? 'unauthorized' : 'forbidden')
        this.stop()
        return
      }
      if (!response.ok || !response.body) throw new Error(`live feed answered ${response.status}`)
      this.#listen(abort)
      await readEvents(response.body, (data) => {
        this.#listen(abort)
        if (data && !abort.signal.aborted) this.#take(JSON.parse(data) as LiveEvent)
      })
    } catch {
      // every failure is the same to us: wait and try again
    }
    clearTimeout(this.#watch)
    if (this.#stopped) return
    onState('offline')
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++)
    this.#timer = setTimeout(() => this.wake(), most * (0.5 + (this.#options.random ?? Math.random)() / 2))
  }

  #listen(abort: AbortController): void {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => abort.abort(), SILENCE)
  }

  #take(event: LiveEvent): void {
    if (event.name === 'hello') {
      this.#failures = 0
      this.#seq = event.seq
      this.#epoch = event.epoch
      this.#options.onState('open')
      this.#options.onEvent(event)
      this.#options.onGap()
      return
    }
    const gap = event.epoch !== this.#epoch || event.seq !== this.#seq + 1
    this.#epoch = event.epoch
    this.#seq = event.seq
    this.#options.onEvent(event)
    if (gap) this.#options.onGap()
  }
}
