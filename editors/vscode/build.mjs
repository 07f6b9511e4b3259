// Makes one file of the extension and all it needs, and one of each test.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'] };

rmSync('out', { recursive: true, force: true });
const { metafile } = await build({
  ...common,
  entryPoints: ['src/extension.ts'],
  outfile: 'out/extension.js',
  minify: true,
  keepNames: true,
  sourcemap: true,
  metafile: true,
});
await build({ ...common, entryPoints: readdirSync('test').filter(name => name.endsWith('.test.ts')).map(name => `test/${name}`), outdir: 'out/test', sourcemap: 'inline' });

// Whose work is in the bundle, and on what terms.
const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
  const [folder] = input.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/) ?? [];
  if (folder) {
    packages.add(folder);
  }
}
const notices = [...packages].sort().map(folder => {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const terms = readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
  if (!terms) {
    throw new Error(`${name} is in the bundle and comes without its licence`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, terms), 'utf8').trim()}\n`;
});
if (!existsSync('out/extension.js') || notices.length === 0) {
  throw new Error('nothing was bundled');
}
writeFileSync('out/third-party-licenses.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
