// A front desk for one file of browser tests: a browser, a Recado with a company, its owner, and the team through the API.
import { after, before } from 'node:test'
import { desk } from './desk.mjs'
import { launch, setUp, startRecado } from './harness.mjs'

export let browser
export let recado
export let owner
export let team

before(async () => {
  browser = await launch()
  recado = await startRecado()
  owner = await setUp(recado.url)
  team = await desk(recado.url, owner)
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})
