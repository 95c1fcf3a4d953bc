import { RECIPES, written } from '@codeplan/contract/recipes'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'

import { KEY, Trial } from '../../../test/house/trial.ts'
import { chooseModels, modelsOf } from './models.ts'
import { NAMED } from './tools/tool.ts'

const HOST = 'https://plan.example.com'
const read = (name: string, text: string): unknown => (name.endsWith('.toml') ? parse(text) : JSON.parse(text))

test.each(RECIPES.filter(({ files }) => files.length > 0))(
  '$name: into an empty home the helper writes what pages and documentation print',
  async ({ id, files }) => {
    using trial = new Trial()
    await trial.run(`setup --tool ${id} --key ${KEY} --host ${HOST} --offline --yes`)
    const from = { host: HOST, key: KEY, provider: NAMED, ...chooseModels(modelsOf(undefined, undefined), []) }
    for (const file of files) {
      const name = file.name.replace('~/', '')
      expect(read(name, (await trial.read(name)) ?? '')).toEqual(read(name, written(file, from)))
    }
  },
)
