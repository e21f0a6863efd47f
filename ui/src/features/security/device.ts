const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
]

export interface Device {
  browser: string
  system: string
  phone: boolean
}

/** What a browser says it is. What is no browser keeps the first word of its name, such as curl. */
export function deviceOf(agent: string): Device {
  const find = (list: [RegExp, string][]): string => list.find(([pattern]) => pattern.test(agent))?.[1] ?? ''
  return {
    browser: find(BROWSERS) || (/^[\w.-]+/.exec(agent)?.[0] ?? ''),
    system: find(SYSTEMS),
    phone: /iPhone|iPod|iPad|Android/.test(agent),
  }
}
