// Runs a whole AT Protocol network on loopback: PLC directory, PDS, AppView and what they need.
//
//   node network.mjs PORTS    PORTS: {"pds": …, "bsky": …, "plc": …} as JSON
//   environment: DB_POSTGRES_URL, REDIS_HOST (host:port), and as working directory the folder with @atproto/dev-env
//
// Prints one line of JSON when ready, then one for each line on standard input, once all that was written has reached
// the AppView. Ends when standard input closes.

import dns from 'node:dns'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

// The servers listen on every interface and know each other as "localhost"; here nothing may leave the machine.
const loopback = '127.0.0.1'
dns.setDefaultResultOrder('ipv4first')
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  const callback = given.find((argument) => typeof argument === 'function')
  const options = typeof given[0] === 'object' ? given[0] : { port: Number(given[0] ?? 0) }
  return listen.call(this, { ...options, host: loopback }, callback)
}

const require = createRequire(path.join(process.cwd(), 'package.json'))
const { TestNetwork } = await import(pathToFileURL(require.resolve('@atproto/dev-env')))

const ports = JSON.parse(process.argv[2])
const network = await TestNetwork.create({
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
  dbPostgresSchema: 'amends',
  pds: { port: ports.pds, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: ports.bsky },
  plc: { port: ports.plc },
})

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
say({ ready: true, pds: `http://${loopback}:${ports.pds}`, appview: `http://${loopback}:${ports.bsky}` })

for await (const _ of readline.createInterface({ input: process.stdin })) {
  await network.processAll()
  say({ settled: true })
}
// Their own shutdown waits for every open connection; nothing here is worth keeping.
process.exit(0)
