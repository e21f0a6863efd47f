/** The line a website needs to show the chat. */
export function snippet(publicKey: string, origin = window.location.origin): string {
  return `<script src="${origin}/widget.js" data-channel="${publicKey}" async></script>`
}
