// Runs the browser tests, two files at a time. What fails is tried once more, alone:
// a machine that is busy with two browsers may be too slow for one of them.
// Names of files given as arguments choose among them.
import { spawn } from 'node:child_process'
import fs from 'node:fs'

const AT_ONCE = 2

const wanted = process.argv.slice(2)
const files = fs
  .readdirSync('e2e')
  .filter((file) => file.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((name) => file.startsWith(name))))
  .map((file) => `e2e/${file}`)

/** Runs one file and prints what it said when it has ended; true if it passed. */
function run(file) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--test', '--test-concurrency=1', file])
    const said = []
    for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => said.push(chunk))
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat([Buffer.from(`\n${file}\n`), ...said]))
      resolve(code === 0)
    })
  })
}

const failed = []
const queue = [...files]
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let file = queue.shift(); file; file = queue.shift()) if (!(await run(file))) failed.push(file)
  }),
)

const still = []
for (const file of failed) if (!(await run(file))) still.push(file)
console.log(`\n${files.length - still.length} of ${files.length} files passed${failed.length > 0 ? `, ${failed.length - still.length} at the second try` : ''}`)
if (still.length > 0) {
  console.log(`failed: ${still.join(' ')}`)
  process.exit(1)
}
