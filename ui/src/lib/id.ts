const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A random id of 15 characters, as records have. Works on plain http, where crypto.randomUUID does not exist. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15))
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}
