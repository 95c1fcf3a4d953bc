import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A letter as it came over the wire. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** Headers and body, lines ended by CRLF. */
  readonly source: string
}

export interface SandboxSmtp {
  readonly url: string
  mails(): readonly ReceivedMail[]
  /** What the next letters are answered with instead of being taken, for example `451 try later`. */
  refuse(...answers: readonly string[]): void
  close(): Promise<void>
}

/** A mail server that takes everything: as much of SMTP (RFC 5321) as clients need. */
export async function startSmtp(): Promise<SandboxSmtp> {
  const mails: ReceivedMail[] = []
  const refusals: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    talk(socket, mails, refusals)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: () => mails,
    refuse: (...answers) => void refusals.push(...answers),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function talk(socket: Socket, mails: ReceivedMail[], refusals: string[]): void {
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  let from = ''
  let to: string[] = []
  let body: string[] | undefined
  let rest = ''
  say('220 sandbox')
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\r\n')
    rest = lines.pop() as string
    for (const line of lines) hear(line)
  })

  function hear(line: string): void {
    if (body) {
      if (line !== '.') return void body.push(line.replace(/^\.\./, '.'))
      const refusal = refusals.shift()
      if (refusal === undefined) mails.push({ from, to, source: body.join('\r\n') })
      body = undefined
      return say(refusal ?? '250 taken')
    }
    const address = /<(.*?)>/.exec(line)?.[1] ?? ''
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        return say('250 sandbox')
      case 'MAIL':
        from = address
        to = []
        return say('250 ok')
      case 'RCPT':
        to.push(address)
        return say('250 ok')
      case 'DATA':
        body = []
        return say('354 go on')
      case 'QUIT':
        say('221 bye')
        return void socket.end()
      default:
        return say('250 ok')
    }
  }
}
