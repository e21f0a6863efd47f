import { expect, it } from 'vitest'
import { readEvents } from './sse'

function stream(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
      controller.close()
    },
  })
}

async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const found: string[] = []
  await readEvents(stream(...chunks), (data) => found.push(data))
  return found
}

it('reads events however they are cut', async () => {
  const whole = ': ping\n\ndata: {"a":1}\n\ndata: two\ndata: lines\r\n\r\ndata:x\n\n'
  const expected = ['', '{"a":1}', 'two\nlines', 'x']
  expect(await read(whole)).toEqual(expected)
  for (let cut = 1; cut < whole.length; cut++) expect(await read(whole.slice(0, cut), whole.slice(cut))).toEqual(expected)
})

it('keeps letters that are cut in the middle', async () => {
  const bytes = new TextEncoder().encode('data: ação\n\n')
  expect(await read(bytes.slice(0, 8), bytes.slice(8))).toEqual(['ação'])
})

it('drops an event that never ended', async () => {
  expect(await read('data: whole\n\ndata: half')).toEqual(['whole'])
})
