import { exists } from './files.ts'
import { EXIT, Stop, type World } from './world.ts'

/**
 * What Claude Code starts for its status line, several times a minute: never npx, which takes a second. By name where codeplan is
 * installed, else by the script that runs now.
 */
export async function statuslineCommand({ env, platform, script }: World): Promise<string> {
  const [separator, file] = platform === 'win32' ? [';', 'codeplan.cmd'] : [':', 'codeplan']
  for (const folder of (env['PATH'] ?? '').split(separator)) {
    // Folders of one project or one run are not in the PATH of another.
    const passing = /[\\/](_npx|node_modules)[\\/]/.test(`${folder}/`)
    if (folder && !passing && (await exists(`${folder}/${file}`))) return 'codeplan statusline'
  }
  if (/[\\/]_npx[\\/]/.test(script))
    throw new Stop(EXIT.wrongUse, {
      en: '--statusline needs codeplan installed, since npx takes too long for it: npm install --global @codeplan/cli',
      zh: '--statusline 需要先安装 codeplan（npx 启动太慢）：npm install --global @codeplan/cli',
    })
  return `node "${script.replaceAll('\\', '/')}" statusline`
}
