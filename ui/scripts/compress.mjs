// Turns every text file of the build into a .gz and, where that is smaller by enough, a .br, so the server only has to choose one; the page alone
// stays as it is too, it says that there is a build. The program carries what is left: the manifest of the build is for
// sizes.mjs alone and goes to ui/dist.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'

const out = path.resolve(import.meta.dirname, '../../pb_public')
const texty = /\.(js|css|html|svg|json|webmanifest)$/
const dist = path.resolve(import.meta.dirname, '../dist')
fs.mkdirSync(dist, { recursive: true })
fs.renameSync(path.join(out, '.vite/manifest.json'), path.join(dist, 'manifest.json'))
fs.rmdirSync(path.join(out, '.vite'))
let count = 0

/** So many bytes a second form must save: most files are small, and the program carries both forms. */
const WORTH = 150

for (const entry of fs.readdirSync(out, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name)
  if (!entry.isFile() || !texty.test(file)) continue
  const bytes = fs.readFileSync(file)
  if (bytes.length < 512) continue
  const gzipped = zlib.gzipSync(bytes, { level: 9 })
  fs.writeFileSync(`${file}.gz`, gzipped)
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  const brotli = zlib.brotliCompressSync(bytes, { params })
  if (gzipped.length - brotli.length >= WORTH) fs.writeFileSync(`${file}.br`, brotli)
  if (entry.name !== 'index.html') fs.rmSync(file)
  count++
}
console.log(`compressed ${count} files`)
