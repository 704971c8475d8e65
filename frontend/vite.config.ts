import { svelte } from '@sveltejs/vite-plugin-svelte';
import { NodePackageImporter } from 'sass';
import { defineConfig } from 'vitest/config';

// The Go program serves dist/ below /assets/ and finds the hashed names in
// dist/manifest.json (embed.go). Nothing is inlined: the pages' content
// security policy allows neither inline style nor data: addresses.
export default defineConfig({
  base: '/assets/',
  plugins: [svelte()],
  css: {
    preprocessorOptions: {
      scss: {
        importers: [new NodePackageImporter()],
        quietDeps: true,
      },
    },
    // govuk-frontend keeps one very old browser's hack that Lightning CSS
    // cannot parse; it is dropped instead of failing the build.
    lightningcss: { errorRecovery: true },
  },
  build: {
    outDir: 'dist',
    assetsDir: '',
    assetsInlineLimit: 0,
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    target: ['chrome109', 'firefox115', 'safari16'],
    rollupOptions: {
      input: {
        app: 'src/app.ts',
        style: 'src/app.scss',
        room: 'src/room/room.ts',
        screen: 'src/room/screen.ts',
      },
    },
  },
  // The room's protocol tests read the same example frames as the Go tests.
  server: { fs: { allow: ['.', '../server/live/testdata', '../panels/room/testdata'] } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
});
