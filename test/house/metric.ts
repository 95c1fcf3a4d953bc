import { send } from './ask.ts'

/** What `/metrics` says now: the sum over all series of a name whose labels contain these words. */
export async function metric({ url }: { readonly url: string }, name: string, ...labels: string[]): Promise<number> {
  const { text } = await send(`${url}/metrics`, {})
  return text
    .split('\n')
    .filter((line) => /^\w+/.exec(line)?.[0] === name && labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
