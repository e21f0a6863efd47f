import { defineConfig } from 'vite'

/** The chat widget: one classic script, pb_public/widget.js. Not hashed: its address is on other people's pages. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: '../pb_public',
    emptyOutDir: false,
    target: 'es2022',
    cssTarget: ['chrome111', 'firefox115', 'safari16.4'],
    reportCompressedSize: false,
    lib: { entry: 'src/widget/main.ts', formats: ['iife'], name: 'Recado', fileName: () => 'widget.js' },
  },
})
