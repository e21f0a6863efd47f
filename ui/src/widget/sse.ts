/**
 * Server-sent events from a fetch body: bytes in, the value of each `data:` line
 * out (our events are one line each). EventSource can't send an Authorization header.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onData: (data: string) => void,
  onBytes: () => void,
): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    onBytes()
    // What follows the last line end is a line still to be finished.
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (line.startsWith('data:')) onData(line.slice(5).trim())
  }
}
