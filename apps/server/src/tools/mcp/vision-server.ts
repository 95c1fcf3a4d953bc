import { no, type Outcome } from '@codeplan/core'

import { word } from '../../platform/index.ts'
import type { ToolDeps } from '../deps.ts'
import type { Caller } from '../serve.ts'
import { askVision } from '../vision/ask-vision.ts'
import { loadImage } from '../vision/load-image.ts'
import type { Argument, Arguments, Given } from './arguments.ts'
import type { McpServer, McpTool, Said } from './mcp-tool.ts'

const text = (description: string): Argument => ({ type: 'string', description })
const needed = (description: string): Argument => ({ ...text(description), required: true })
const IMAGE = needed('The image: a data URL (data:image/png;base64,…), base64, or an http(s) address. PNG or JPEG')
const PROMPT = needed('What you want to know or have made')

interface VisionTool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly images: readonly string[]
  readonly more?: Arguments
  /** What the model is told to be. */
  readonly instruction: string
}

const OUTPUTS = ['code', 'prompt', 'spec', 'description'] as const

/** The published names (wire contract §3.5); the words to the model are ours. */
const TOOLS: readonly VisionTool[] = [
  {
    name: 'ui_to_artifact',
    title: 'Screen to code or specification',
    description: 'Turns a picture of a user interface into code, a prompt, a specification or a description.',
    images: ['image_source'],
    more: { output_type: { type: 'string', required: true, enum: OUTPUTS, description: 'What to make of it' } },
    instruction:
      'You rebuild user interfaces from pictures. Name every element, its place, size, colours and text as they are to be seen, and make what is asked for from that. Do not invent what is not in the picture.',
  },
  {
    name: 'extract_text_from_screenshot',
    title: 'Text of a screenshot',
    description: 'Reads the text in a picture: code, terminal output, documents.',
    images: ['image_source'],
    more: { programming_language: text('The language of the code, if it is code') },
    instruction:
      'You copy text from pictures exactly, with line breaks, indentation and signs. Code goes into one fenced block. Mark what cannot be read with [?].',
  },
  {
    name: 'diagnose_error_screenshot',
    title: 'What an error means',
    description: 'Explains an error in a screenshot and how to mend it.',
    images: ['image_source'],
    more: { context: text('What was being done when it happened') },
    instruction:
      'You explain errors in screenshots. First the message word for word, then its most likely cause, then the steps that mend it, the surest first. Say what you cannot tell from the picture.',
  },
  {
    name: 'understand_technical_diagram',
    title: 'What a diagram says',
    description: 'Explains diagrams: architecture, flow, classes, entities, sequences.',
    images: ['image_source'],
    more: { diagram_type: text('Its kind, if you know it') },
    instruction:
      'You read technical diagrams. List the parts by their names, then each connection with its direction and label, then what the whole says.',
  },
  {
    name: 'analyze_data_visualization',
    title: 'What a chart says',
    description: 'Reads charts and dashboards: figures, trends, what stands out.',
    images: ['image_source'],
    more: { analysis_focus: text('What to look at most') },
    instruction:
      'You read charts. Say what is measured and in which unit, then the figures as far as they can be read, then trends and what stands out. Mark estimates as such.',
  },
  {
    name: 'ui_diff_check',
    title: 'Difference of two screens',
    description: 'Compares a screen as it should be with one as it is.',
    images: ['expected_image_source', 'actual_image_source'],
    instruction:
      'You compare two pictures of a user interface: the first is how it should be, the second how it is. List each difference by place, what was expected, what is there, and how much it matters. Say so if there is none.',
  },
  {
    name: 'analyze_image',
    title: 'What an image shows',
    description: 'Answers any question about an image, when no other tool fits better.',
    images: ['image_source'],
    instruction: 'You answer questions about images from what is to be seen in them, and say what cannot be told.',
  },
]

export const visionServer = (deps: ToolDeps): McpServer => ({
  service: 'vision',
  paths: ['vision'],
  name: 'mcp-vision',
  instructions: 'Looks at images and screenshots. Images are sent as data URLs or http(s) addresses.',
  tools: TOOLS.map((tool): McpTool => {
    const images: Arguments = Object.fromEntries(tool.images.map((name) => [name, IMAGE]))
    return {
      name: tool.name,
      title: tool.title,
      description: tool.description,
      arguments: { ...images, ...tool.more, prompt: PROMPT },
      run: (given, caller) => look(deps, tool, given, caller),
    }
  }),
})

async function look(deps: ToolDeps, tool: VisionTool, given: Given, caller: Caller): Promise<Outcome<string, Said>> {
  const { zone } = deps.catalog.current().operator
  const images: string[] = []
  for (const field of tool.images) {
    const image = await loadImage(deps, field, String(given[field]))
    if (!image.ok) {
      const { status, code, text: words } = word(image.no, zone)
      return no({ status, code, message: words[caller.language] })
    }
    images.push(image.value)
  }
  const asked = Object.keys(tool.more ?? {}).flatMap((name) =>
    given[name] === undefined ? [] : [`${name}: ${given[name]}`],
  )
  return askVision(deps, caller, {
    instruction: tool.instruction,
    prompt: [...asked, given.prompt].join('\n\n'),
    images,
  })
}
