/** Copies text, also on plain http where the clipboard of the browser is closed. */
export async function copyText(text: string, shown?: HTMLElement | null): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // the person said no; the old way may still work
    }
  }
  const source = shown ?? document.body.appendChild(Object.assign(document.createElement('pre'), { textContent: text }))
  window.getSelection()?.selectAllChildren(source)
  const done = document.execCommand('copy')
  if (!shown) source.remove()
  return done
}
