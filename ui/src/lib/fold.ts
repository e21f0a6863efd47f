/** Text as searches compare it: lower case, no diacritics. The server folds the same way into the `search` columns. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .trim()
}
