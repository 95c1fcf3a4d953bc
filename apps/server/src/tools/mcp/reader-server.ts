import { yes } from '@codeplan/core'

import type { ToolDeps } from '../deps.ts'
import type { Reader } from '../reader/read-page.ts'
import { readForm, readWish } from '../reader/read-form.ts'
import { serve } from '../serve.ts'
import type { Arguments } from './arguments.ts'
import type { McpServer } from './mcp-tool.ts'

export const READ_ARGUMENTS: Arguments = {
  url: { type: 'string', required: true, description: 'The address to read, http or https' },
  timeout: { type: 'integer', minimum: 1, maximum: 60, default: 20, description: 'Seconds to wait at most' },
  no_cache: { type: 'boolean', default: false, description: 'Fetch anew what was read a moment ago' },
  return_format: {
    type: 'string',
    enum: ['markdown', 'text'],
    default: 'markdown',
    description: 'Form of the text',
  },
  retain_images: { type: 'boolean', default: true, description: 'Keep images as links' },
  no_gfm: { type: 'boolean', default: false, description: 'Plain Markdown without tables and the like' },
  keep_img_data_url: {
    type: 'boolean',
    default: false,
    description: 'Keep images that stand in the page as data',
  },
  with_images_summary: { type: 'boolean', default: false, description: 'Add a list of the images' },
  with_links_summary: { type: 'boolean', default: false, description: 'Add a list of the links' },
}

export const readerServer = (deps: ToolDeps, reader: Reader): McpServer => ({
  service: 'web_reader',
  paths: ['web_reader', 'web-reader'],
  name: 'mcp-web-reader',
  instructions: 'Reads pages and PDFs of the public internet as Markdown or text.',
  tools: [
    {
      name: 'webReader',
      otherNames: ['web_reader'],
      title: 'Web reader',
      description:
        'Opens an address and returns its text as Markdown, with title, description and metadata. Reads HTML and PDF.',
      arguments: READ_ARGUMENTS,
      run: async (given, caller) => {
        const page = await serve(deps, caller, 'web_reader', () => reader.read(readWish(given)))
        return page.ok ? yes(JSON.stringify(readForm(page.value.value, given))) : page
      },
    },
  ],
})
