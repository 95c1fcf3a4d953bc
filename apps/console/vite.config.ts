import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npm run dev:console` shows changes at once, in front of a server that `npm run dev` runs. */
const SERVER = 'http://127.0.0.1:8787'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind()],
  build: {
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The policy of the page forbids inline images of unknown kinds, and small files cost nothing here.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: { proxy: { '/api': SERVER, '/docs': SERVER } },
})
