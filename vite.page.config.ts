import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Script and style become part of the page, which then may run these and load nothing at all. */
const oneFile: Plugin = {
  name: 'one-file',
  enforce: 'post',
  generateBundle(_, bundle) {
    const take = (ending: string): string => {
      const [name, ...others] = Object.keys(bundle).filter((file) => file.endsWith(ending));
      const file = name === undefined ? undefined : bundle[name];
      if (name === undefined || file === undefined || others.length > 0) {
        this.error(`expected one file that ends in ${ending}`);
      }
      delete bundle[name];
      const text = file.type === 'chunk' ? file.code : String(file.source);
      return `\n${text.trim().replaceAll('</script', '<\\/script')}\n`;
    };
    const [script, style] = [take('.js'), take('.css')];
    const page = bundle['index.html'];
    if (page?.type !== 'asset') this.error('expected index.html');
    const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
    page.source = String(page.source)
      .replace(/\s*<script type="module"[^>]*><\/script>/, '')
      .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
      .replace(
        '<meta charset="utf-8" />',
        (meta) => `${meta}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
      )
      .replace('</body>', () => `  <script type="module">${script}</script>\n  </body>`);
  },
};

/** The page of `mremap-check report`: dist/page/index.html, into which the command puts its data. */
export default defineConfig({
  root: 'src/page',
  base: './',
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    reportCompressedSize: false,
  },
  plugins: [oneFile],
});
