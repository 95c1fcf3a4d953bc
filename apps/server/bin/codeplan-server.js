#!/usr/bin/env node
// Plain JavaScript that any Node can parse: the server itself is TypeScript and needs Node 24 (or 22.19+).
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `codeplan needs Node.js 24 (22.19 at least); this is ${process.versions.node}.\n` +
      'On Linux the checkout brings the right one: run "npm ci", then start with "npm start" or\n' +
      '"npx codeplan-server ...", which both use it. Elsewhere install Node.js 24.\n',
  )
  process.exit(1)
}
await import('../src/main.ts')
