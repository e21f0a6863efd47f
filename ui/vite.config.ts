import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const backend = process.env.RECADO_URL ?? 'http://127.0.0.1:8090'

/** The web app. The widget is a second, independent build (vite.widget.config.ts). */
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: Object.fromEntries(['/api', '/_/', '/demo', '/widget.js', '/status'].map((path) => [path, backend])) },
  worker: { format: 'es' },
  build: {
    outDir: '../pb_public',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // shared chunks are named after everyone who shares them: too long for an address
        chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
        codeSplitting: {
          // what the first screen needs, in few files; what several routes share, without pulling it forward
          groups: [
            { name: 'react', tags: ['$initial'], test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store)[\\/]/, priority: 30 },
            { name: 'vendor', tags: ['$initial'], test: /node_modules[\\/](@tanstack|i18next|pocketbase)/, priority: 20 },
            { name: 'mantine', tags: ['$initial'], test: /node_modules/, priority: 10 },
            { name: 'app', tags: ['$initial'], test: /src[\\/](app|components|lib)[\\/]/, priority: 8 },
            { name: 'kit', test: /node_modules[\\/](@mantine[\\/](core|hooks)|@floating-ui|@tabler)/, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 400, priority: 5 },
          ],
        },
      },
    },
  },
})
