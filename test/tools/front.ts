import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

/**
 * Meters ask fixed hosts at port 443. This is the HTTPS proxy that they are told to use: connections to those hosts end here,
 * under a certificate made for the run, and are answered by the server under test; any other host is refused.
 *
 *   node test/tools/front.ts CERTIFICATE KEY ORIGIN HOST...
 */
const [certificate = '', key = '', origin = '', ...hosts] = process.argv.slice(2)
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

const inside = createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (asked, answer) => {
  const { method, headers } = asked
  const onward = request(origin + asked.url, { method, headers }, (reply) => {
    say(`${reply.statusCode} ${method} ${asked.url?.split('?')[0]}`)
    answer.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(answer)
  })
  onward.on('error', () => answer.destroy())
  asked.pipe(onward)
})

const proxy = createServer((asked, answer) => {
  say(`refused ${asked.url}`)
  answer.writeHead(403).end()
})
proxy.on('connect', (asked, socket, head) => {
  socket.on('error', () => socket.destroy())
  if (!hosts.some((host) => asked.url === `${host}:443`)) {
    say(`refused ${asked.url}`)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    return
  }
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
  if (head.length > 0) socket.unshift(head)
  inside.emit('connection', socket)
})
proxy.listen(0, '127.0.0.1', () => {
  const address = proxy.address()
  if (address && typeof address === 'object') say(`front on http://127.0.0.1:${address.port}`)
})
