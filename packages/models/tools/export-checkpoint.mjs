// Turns a training checkpoint into a model's folder. `npx nx run models:export-checkpoint --checkpoint=… --output=…`
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { selectBackend } from '@lungseg/backend';
import { isLungsegError, parseSafetensors } from '@lungseg/core';
import { checkpointWeights, saveModel } from '@lungseg/models';

const USAGE = `Usage: npx nx run models:export-checkpoint --checkpoint=FILE --output=FOLDER [options]
  --name=NAME         by default the folder's name
  --version=X.Y.Z     1.0.0 by default
  --float=F16|F32|BF16   how weights are stored; F16 by default
  --part=averaged|weights   the moving average by default, where there is one
  --config=FILE       the training config, whose "preprocessing" the model needs; lungseg's own by default
  --window=X,Y,Z      the largest window of inference; 320,256,64 by default
  --overlap=SHARE     0.25 by default
  --licence=NAME      Apache-2.0 by default`;

const PREPROCESSING = {
  orientation: 'RAS',
  spacing: [0.8, 0.8, 5],
  intensity: { from: [-1500, 500], to: [0, 1] },
};

const text = { type: 'string' };
const here = (file) => path.resolve(process.env.INIT_CWD ?? process.cwd(), file);

async function main() {
  const { values } = parseArgs({
    options: {
      checkpoint: text,
      output: text,
      name: text,
      version: { ...text, default: '1.0.0' },
      float: { ...text, default: 'F16' },
      part: text,
      config: text,
      window: { ...text, default: '320,256,64' },
      overlap: { ...text, default: '0.25' },
      licence: { ...text, default: 'Apache-2.0' },
    },
  });
  if (values.checkpoint === undefined || values.output === undefined) throw new UsageError();
  if (!['F16', 'F32', 'BF16'].includes(values.float)) throw new UsageError();
  const { state, part, network, step } = checkpointWeights(
    parseSafetensors(await readFile(here(values.checkpoint))),
    values.part,
  );
  const config = values.config === undefined ? {} : JSON.parse(await readFile(here(values.config), 'utf8'));
  const folder = here(values.output);
  const { intensity, ...rest } = { ...PREPROCESSING, ...config.preprocessing };
  const draft = {
    name: values.name ?? path.basename(folder),
    version: values.version,
    network: network ?? {},
    preprocessing: { ...rest, intensity: { ...PREPROCESSING.intensity, ...intensity } },
    inference: { window: values.window.split(',').map(Number), overlap: Number(values.overlap) },
    labels: { 0: 'other', 1: 'lung' },
    licence: values.licence,
    intendedUse: 'Research use only.',
  };
  await selectBackend('cpu');
  const { weights } = await saveModel(folder, draft, state, { float: values.float });
  console.log(
    `${folder}: ${part} of step ${step ?? '?'}, ${values.float}, ${weights.bytes} bytes, SHA-256 ${weights.sha256}`,
  );
}

class UsageError extends Error {}

main().catch((error) => {
  if (error instanceof UsageError || String(error.code).startsWith('ERR_PARSE_ARGS')) {
    console.error(error.message ? `${error.message}\n\n${USAGE}` : USAGE);
    process.exitCode = 2;
    return;
  }
  console.error(isLungsegError(error) || error.code !== undefined ? error.message : error);
  process.exitCode = 1;
});
