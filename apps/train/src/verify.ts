import { formatReport, readDatalist, verifyDatalist } from '@lungseg/data';
import { Command, InvalidArgumentError } from 'commander';
import { resolvePath, runCommand } from './command.js';

interface Flags {
  readonly datalist: string;
  readonly labels?: readonly number[];
}

const integers = (text: string): number[] => {
  const values = text.split(',').map(Number);
  if (!values.every(Number.isInteger)) throw new InvalidArgumentError('It must be integers, as in 0,1.');
  return values;
};

async function verify({ datalist, labels }: Flags): Promise<void> {
  const { training, validation } = await readDatalist(resolvePath(datalist));
  const report = await verifyDatalist([...training, ...validation], {
    ...(labels === undefined ? {} : { labels }),
    onCase: (_, done, total) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r${done} of ${total} checked${done === total ? '\n' : ''}`);
    },
  });
  console.log(formatReport(report));
  if (report.badCases > 0) process.exitCode = 1;
}

await runCommand(() =>
  new Command('train:verify')
    .description(
      'Checks the training and validation cases of a datalist: readable, same grid, label values, empty masks, spacings. Exits with 1 where a case has a problem.',
    )
    .requiredOption('--datalist <path>', 'JSON in the form of the Decathlon, CSV, or an nnU-Net folder')
    .option('--labels <values>', 'the values that labels may have, for instance 0,1', integers)
    .action(verify),
);
