import { yes } from '@codeplan/core'

import type { ToolDeps } from '../deps.ts'
import { serve } from '../serve.ts'
import { domainsIn, foundForm, languageIn } from '../search/search-form.ts'
import { RECENCIES, type Recency, type Search } from '../search/search.ts'
import type { Arguments } from './arguments.ts'
import type { McpServer } from './mcp-tool.ts'

export const SEARCH_ARGUMENTS: Arguments = {
  search_query: { type: 'string', required: true, description: 'What to look for; short queries find most' },
  search_domain_filter: { type: 'string', description: 'Only pages of this domain, for example example.org' },
  search_recency_filter: {
    type: 'string',
    enum: RECENCIES,
    default: 'noLimit',
    description: 'How old pages may be at most',
  },
  content_size: {
    type: 'string',
    enum: ['medium', 'high'],
    default: 'medium',
    description: 'Length of the summaries',
  },
  location: { type: 'string', enum: ['cn', 'us'], description: 'From where the search is made' },
  count: { type: 'integer', minimum: 1, maximum: 50, default: 10, description: 'How many results' },
}

export const searchServer = (deps: ToolDeps, search: Search): McpServer => ({
  service: 'web_search',
  paths: ['web_search_prime', 'web-search'],
  name: 'mcp-web-search-prime',
  instructions: 'Searches the web. Read a result in full with the web reader.',
  tools: [
    {
      name: 'webSearchPrime',
      otherNames: ['web_search_prime', 'web_search'],
      title: 'Web search',
      description: 'Searches the web and returns pages with title, address, summary, site and date.',
      arguments: SEARCH_ARGUMENTS,
      run: async (given, caller) => {
        const query = String(given.search_query)
        const found = await serve(deps, caller, 'web_search', () =>
          search.search({
            query,
            count: Number(given.count),
            recency: given.search_recency_filter as Recency,
            domains: domainsIn(given.search_domain_filter as string | undefined),
            language: languageIn(query),
            location: given.location as 'cn' | 'us' | undefined,
            size: given.content_size as 'medium' | 'high',
          }),
        )
        return found.ok ? yes(JSON.stringify(foundForm(found.value.value))) : found
      },
    },
  ],
})
