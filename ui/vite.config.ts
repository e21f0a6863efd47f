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
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store)[\\/]/, priority: 30 },
            {
              name: 'vendor',
              test: /node_modules[\\/](@tanstack[\\/](?!react-virtual|virtual-core)|i18next|react-i18next|pocketbase)/,
              priority: 20,
            },
            {
              name: 'mantine',
              test: /node_modules[\\/](@mantine[\\/](core|hooks)|@floating-ui|react-remove-scroll|tabbable|clsx)/,
              minShareCount: 4,
              priority: 20,
            },
            {
              name: 'shared',
              test: (id: string) => !/schedule|spotlight|locales|mantine.(dates|modals|notifications)|dayjs/.test(id),
              minShareCount: 4,
              minSize: 4000,
              maxSize: 60000,
              priority: 5,
            },
          ],
        },
      },
    },
  },
})
