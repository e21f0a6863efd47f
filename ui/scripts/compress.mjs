// Turns every text file of the build into a .gz and a .br, so the server only has to choose one; the page alone
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

for (const entry of fs.readdirSync(out, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name)
  if (!entry.isFile() || !texty.test(file)) continue
  const bytes = fs.readFileSync(file)
  if (bytes.length < 512) continue
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(bytes, { level: 9 }))
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(bytes, { params }))
  if (entry.name !== 'index.html') fs.rmSync(file)
  count++
}
console.log(`compressed ${count} files`)
