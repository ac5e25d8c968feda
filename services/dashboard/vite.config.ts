import { defineConfig, loadEnv } from 'vite';

const PAGES = { dashboard: 'index.html', console: 'admin.html', docs: 'docs.html' };

/** Where a running platform answers while `vite` serves the sources. */
const { USV_API: api = 'http://127.0.0.1:8080', USV_ADMIN: admin = 'http://127.0.0.1:8082' } = loadEnv('', '.', 'USV_');

export default defineConfig({
  appType: 'mpa',
  build: {
    // Module preload is in every browser that runs this code, and its polyfill would be an inline script.
    modulePreload: { polyfill: false },
    // A strict policy allows no data: fonts, and small files are cheap over one connection.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // "use client" of the component library means nothing to a page without a server.
      checks: { moduleLevelDirective: false, pluginTimings: false },
      input: PAGES,
      // The PDF library's ways to draw a page of HTML, which ours does not ask for.
      external: ['html2canvas', 'dompurify', 'canvg'],
      output: {
        // The public port refuses the operators' files by this name.
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some((id) => /\/src\/(console|customers|operator)\//.test(id))
            ? 'assets/console-[name]-[hash].js'
            : 'assets/[name]-[hash].js',
      },
    },
  },
  server: {
    proxy: {
      '/v1': api,
      '/v/': api,
      '/openapi.json': api,
      '/admin/v1': admin,
    },
  },
});
