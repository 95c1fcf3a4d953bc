import type { Text } from './world.ts'

export const VERSION = '0.1.0'

const EXITS: Text = {
  en: `Exit codes
  0  done, or no fault found      4  the server does not answer
  1  doctor has found faults      5  a file is broken: left alone
  2  wrong use                    6  not agreed to
  3  the key is refused
`,
  zh: `退出码
  0  完成，或未发现问题            4  服务器无应答
  1  doctor 发现了问题             5  文件损坏：未改动
  2  用法有误                      6  未获同意
  3  Key 被拒绝
`,
}

const ALL: Text = {
  en: `codeplan: points coding tools at a coding plan, and shows what is left of it.

  codeplan setup               sets tools up: asks, shows the difference, writes, keeps backups
  codeplan restore [tool]      undoes it, byte for byte
  codeplan doctor              finds why a tool does not reach the plan, and says the cure
  codeplan usage               what is left of each window, until when, at which pace
  codeplan statusline          one line for Claude Code
  codeplan <command> --help    the options of a command

Options of all commands
  --host <url>   the server; else CODEPLAN_HOST, else what setup has kept
  --key <key>    the key; else CODEPLAN_KEY, else what setup has kept. "--key -" reads it from standard input
  --lang zh|en   the language; else that of the terminal (LANG)

${EXITS.en}`,
  zh: `codeplan：让编码工具接入编码套餐，并查看余量。

  codeplan setup               设置工具：询问、显示差异、写入并保留备份
  codeplan restore [tool]      逐字节撤销
  codeplan doctor              查找工具连不上套餐的原因并给出解决办法
  codeplan usage               各窗口余量、重置时间与消耗速度
  codeplan statusline          供 Claude Code 状态栏使用的一行信息
  codeplan <command> --help    某个命令的选项

所有命令的选项
  --host <url>   服务器地址；否则取 CODEPLAN_HOST，再否则取 setup 所保存的
  --key <key>    Key；否则取 CODEPLAN_KEY，再否则取 setup 所保存的。"--key -" 从标准输入读取
  --lang zh|en   语言；否则随终端（LANG）

${EXITS.zh}`,
}

const COMMANDS: Readonly<Record<string, Text>> = {
  setup: {
    en: `codeplan setup [--tool <tool>]… [options]

  --tool <tool>        claude-code, opencode, codex, qwen-code, kilo, crush, droid; and, with steps to do by hand, cline, roo,
                       goose, cherry-studio, cursor. Several with commas or by repeating
  --model <model>      for everything but small work; or <slot>=<model>: opus, sonnet, haiku (Claude Code), main, small
  --scope user|project for all your projects, or for the one in this folder (default user)
  --mcp                adds the services web search, web reader and vision
  --statusline         shows what is left in Claude Code's status line
  --dry-run            shows the difference and writes nothing
  --yes, -y            asks nothing
  --offline            does not ask the server whether the key is good and which models the plan has
  --show-key           shows the key in steps to do by hand

In a script, with the key kept out of the history:
  CODEPLAN_KEY=… codeplan setup --tool claude-code --host https://plan.example.com --yes
`,
    zh: `codeplan setup [--tool <工具>]… [选项]

  --tool <工具>        claude-code、opencode、codex、qwen-code、kilo、crush、droid；以及需手动完成步骤的 cline、roo、
                       goose、cherry-studio、cursor。多个工具用逗号分隔或重复该选项
  --model <模型>       除小任务外全部使用；或 <槽位>=<模型>：opus、sonnet、haiku（Claude Code）、main、small
  --scope user|project 对所有项目，或仅对当前目录的项目（默认 user）
  --mcp                添加联网搜索、网页读取与视觉理解服务
  --statusline         在 Claude Code 状态栏显示余量
  --dry-run            只显示差异，不写入
  --yes, -y            不询问
  --offline            不向服务器核对 Key 与套餐模型
  --show-key           在手动步骤中显示 Key

在脚本中使用，且 Key 不进入历史记录：
  CODEPLAN_KEY=… codeplan setup --tool claude-code --host https://plan.example.com --yes
`,
  },
  restore: {
    en: `codeplan restore [tool] [--force]

Puts every file back as it was before setup, byte for byte. Where a file was changed since, by its tool or by somebody, our values
alone are taken back; --force puts the backup back instead.
`,
    zh: `codeplan restore [工具] [--force]

将各文件逐字节恢复到 setup 之前。之后被工具或他人修改过的文件，仅撤回我们写入的值；--force 则直接恢复备份。
`,
  },
  doctor: {
    en: `codeplan doctor [--json]

Looks at the files of the tools, at variables that win over them, at the key and at what the server says: the plan, what it refused
lately, its clock. Each fault comes with its cure. Exit code 1 when there is one.
`,
    zh: `codeplan doctor [--json]

检查各工具的配置文件、会覆盖它们的环境变量、Key 以及服务器的说法：套餐、近期拒绝、时钟。每个问题都附解决办法。
发现问题时退出码为 1。
`,
  },
  usage: {
    en: `codeplan usage [--json] [--watch]

Each window with a bar, its reset, and whether it lasts at this pace; the balance; the tools of the last seven days.
--json prints what the server says. --watch shows it anew every 10 seconds.
`,
    zh: `codeplan usage [--json] [--watch]

以条形图显示各窗口、重置时间，以及按当前速度能否撑到重置；余额；最近七天的工具用量。
--json 输出服务器的原始数据。--watch 每 10 秒刷新。
`,
  },
  statusline: {
    en: `codeplan statusline

For "statusLine" in Claude Code's settings.json ("codeplan setup --tool claude-code --statusline" writes it). Reads what Claude Code
says on standard input, prints one line, asks the server at most every 20 seconds, and never fails.
`,
    zh: `codeplan statusline

用于 Claude Code settings.json 中的 "statusLine"（可由 "codeplan setup --tool claude-code --statusline" 写入）。
从标准输入读取 Claude Code 的信息，输出一行，最多每 20 秒询问一次服务器，绝不报错。
`,
  },
}

export const helpOf = (command: string | undefined): Text => COMMANDS[command ?? ''] ?? ALL
