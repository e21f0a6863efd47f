// The size budget: what a browser downloads first, what each route adds, and the widget. Fails past a limit.
import fs from 'node:fs'
import path from 'node:path'

const KB = 1024
const LIMITS = { initial: 210, route: 60, widget: 15 }

const out = path.resolve(import.meta.dirname, '../../pb_public')
const manifest = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../dist/manifest.json'), 'utf8'))
/** Compressed as compress.mjs does; what is too small for it counts as it is. */
const gzipped = (file) => {
  const built = path.join(out, file)
  return fs.statSync(fs.existsSync(`${built}.gz`) ? `${built}.gz` : built).size / KB
}

/** Every manifest key that loading `key` pulls in statically, itself included. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) closure(next, seen)
  return seen
}
const filesOf = (keys) => new Set([...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]))
const sum = (files, ending) => [...files].filter((file) => file.endsWith(ending)).reduce((total, file) => total + gzipped(file), 0)

const keys = Object.keys(manifest)
const entry = keys.find((key) => manifest[key].isEntry)
const language = (lang) => keys.filter((key) => key.startsWith(`src/locales/${lang}/`))
// the first screen also needs the shell's texts, loaded at once in the language of the browser
const first = filesOf(new Set([...closure(entry), ...language('pt-BR').filter((key) => key.endsWith('/app.json'))]))
const problems = []

function report(name, js, css, limit) {
  const over = js > limit
  if (over) problems.push(`${name}: ${js.toFixed(1)} KB gz of JavaScript, the limit is ${limit} KB`)
  console.log(`${over ? '✗' : '✓'} ${name.padEnd(44)} ${js.toFixed(1).padStart(7)} KB js ${css.toFixed(1).padStart(6)} KB css  (limit ${limit})`)
}

report(`initial (${first.size} files)`, sum(first, '.js'), sum(first, '.css'), LIMITS.initial)
for (const key of keys.filter((key) => manifest[key].isDynamicEntry && !key.startsWith('src/locales/'))) {
  const extra = new Set([...filesOf(closure(key))].filter((file) => !first.has(file)))
  report(key.replace(/^src\//, '').replace(/^.*node_modules\//, ''), sum(extra, '.js'), sum(extra, '.css'), LIMITS.route)
}
if (fs.existsSync(path.join(out, 'widget.js.gz'))) report('widget', gzipped('widget.js'), 0, LIMITS.widget)
else problems.push('widget.js is missing')

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
