// How the page is built: one folder, relative addresses, nothing from outside.
//
// Two things are ours. Font files keep stable names, because the server's map
// style refers to them by name. And the text that a browser without
// JavaScript shows comes from the dictionaries, so that index.html holds none.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

import en from './src/i18n/en.json' with { type: 'json' };
import vi from './src/i18n/vi.json' with { type: 'json' };

const require = createRequire(import.meta.url);

// The unicode ranges are those of @fontsource/be-vietnam-pro.
const RANGES = {
  vietnamese:
    'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB',
  latin:
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
} as const;
const WEIGHTS = [400, 700] as const;

const fonts = Object.keys(RANGES).flatMap((subset) =>
  WEIGHTS.map((weight) => ({ subset: subset as keyof typeof RANGES, weight, file: `be-vietnam-pro-${subset}-${weight}-normal.woff2` })),
);
const read = (file: string) => readFileSync(require.resolve(`@fontsource/be-vietnam-pro/files/${file}`));

function fontFiles(): Plugin {
  return {
    name: 'font-files',
    generateBundle() {
      for (const { file } of fonts) {
        this.emitFile({ type: 'asset', fileName: `assets/fonts/${file}`, source: read(file) });
      }
      const licence = readFileSync(require.resolve('@fontsource/be-vietnam-pro/LICENSE'));
      this.emitFile({ type: 'asset', fileName: 'assets/fonts/OFL.txt', source: licence });
    },
    configureServer(server) {
      server.middlewares.use('/assets/fonts', (request, response, next) => {
        const font = fonts.find(({ file }) => request.url === `/${file}`);
        if (!font) return next();
        response.setHeader('content-type', 'font/woff2').end(read(font.file));
      });
    },
    transformIndexHtml: () => [
      {
        tag: 'style',
        children: fonts
          .map(
            ({ subset, weight, file }) =>
              `@font-face{font-family:"Be Vietnam Pro";font-weight:${weight};font-display:swap;src:url(./assets/fonts/${file}) format("woff2");unicode-range:${RANGES[subset]}}`,
          )
          .join(''),
        injectTo: 'head',
      },
    ],
  };
}

function words(): Plugin {
  return {
    name: 'words',
    transformIndexHtml: (html) =>
      html.replace(/%(vi|en)\.(\w+)%/g, (_, language: string, key: string) => {
        const dictionary: Record<string, string> = language === 'vi' ? vi : en;
        const text = dictionary[key];
        if (text === undefined) throw new Error(`index.html asks for ${language}.${key}, which no dictionary has`);
        return text;
      }),
  };
}

export default defineConfig({
  base: './',
  plugins: [fontFiles(), words()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    // The page, and the map of an offline pack.
    rolldownOptions: { input: ['index.html', 'pack.html'] },
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    // MapLibre alone is larger than the default warning; it is loaded after the lists.
    chunkSizeWarningLimit: 1200,
    license: { fileName: 'assets/licences.md' },
  },
  server: {
    // `npm run dev` beside `phusong serve`.
    proxy: Object.fromEntries(['/api', '/tiles', '/style.json', '/export', '/plan'].map((path) => [path, 'http://127.0.0.1:8080'])),
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
