import { languageOf } from './options.ts'
import { EXIT, Stop, type Exit, type Language, type World } from './world.ts'

type Command = (world: World, args: readonly string[], language: Language) => Promise<Exit>

/** Loaded when asked for: a status line must not wait for what sets tools up. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  setup: async () => (await import('./setup.ts')).setup,
  restore: async () => (await import('./restore.ts')).restore,
  doctor: async () => (await import('./doctor.ts')).doctor,
  usage: async () => (await import('./usage.ts')).usage,
  statusline: async () => (await import('./statusline.ts')).statusline,
}

export async function run(world: World, args: readonly string[]): Promise<Exit> {
  const language = languageOf(args, world.env)
  const [name, ...rest] = args
  try {
    if (name === '--version' || name === '-v') {
      world.out(`${(await import('./help.ts')).VERSION}\n`)
      return EXIT.ok
    }
    const command = COMMANDS[name ?? '']
    if (!command || rest.includes('--help') || rest.includes('-h')) {
      const { helpOf } = await import('./help.ts')
      const asked = command || name === undefined || name.startsWith('-') || name === 'help'
      if (!asked)
        throw new Stop(EXIT.wrongUse, {
          en: `there is no command "${name}". See codeplan --help`,
          zh: `没有命令 "${name}"。参见 codeplan --help`,
        })
      world.out(helpOf(command ? name : undefined)[language])
      return EXIT.ok
    }
    return await (
      await command()
    )(world, rest, language)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    world.err(`codeplan: ${error.says[language]}\n`)
    return error.exit
  }
}
