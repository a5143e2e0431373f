/** `npm run demo`: installs, then segments the bundled CT with the bundled weights. */
import fs from 'node:fs';
import path from 'node:path';
import { install, root } from './install.mjs';
import { runNx } from './nx.mjs';

const INPUT = 'packages/models/demo/lidc-0001.nii.gz';
const OUTPUT = 'out/demo/lidc-0001-lung';

install();
fs.mkdirSync(path.join(root, path.dirname(OUTPUT)), { recursive: true });
const paths = [
  `--input=${INPUT}`,
  `--output=${OUTPUT}.nii.gz`,
  `--json=${OUTPUT}.json`,
  `--preview=${OUTPUT}.png`,
];
// infer takes relative paths from where the user stands; the demo's are the workspace's.
runNx(['run', 'infer:run', ...paths, ...process.argv.slice(2)], { env: { INIT_CWD: root } }).then((code) => {
  process.exitCode = code;
});
