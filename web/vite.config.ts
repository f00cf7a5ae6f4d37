import react from '@vitejs/plugin-react'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** Two pages for two zones, each with its own folder: `vite build web --mode research` and `--mode operate`. */
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  worker: { format: 'es' as const },
  build: {
    outDir: resolve(import.meta.dirname, 'dist', mode),
    emptyOutDir: true,
    chunkSizeWarningLimit: 6000,
    rolldownOptions: { input: resolve(import.meta.dirname, mode === 'operate' ? 'operate.html' : 'index.html') },
  },
}))
