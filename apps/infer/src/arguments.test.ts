import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { parseInferArguments } from './arguments.js';
import { describeError, exitCodeOf } from './exit.js';

const required = ['--input=in.nii.gz', '--output=out.nii.gz'];
const printed: string[] = [];

beforeAll(() => {
  process.env['INIT_CWD'] = '/home/reader';
  const keep = (text: unknown): boolean => printed.push(String(text)) > 0;
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
});

afterAll(() => {
  delete process.env['INIT_CWD'];
  jest.restoreAllMocks();
});

describe('parseInferArguments', () => {
  test('takes paths from where the user stands, and fills in defaults', () => {
    expect(parseInferArguments([...required, '--json=a/b.json', '--preview', '../p.png'])).toEqual({
      input: '/home/reader/in.nii.gz',
      output: '/home/reader/out.nii.gz',
      json: '/home/reader/a/b.json',
      preview: '/home/p.png',
      models: ['ahnet-small'],
      backend: 'auto',
      labels: 'lung',
      list: false,
      allowGaps: false,
      assumeHu: false,
      precision: 'float32',
      batch: 1,
      flips: [],
      quiet: false,
    });
  });

  test('takes the other options', () => {
    const options = [
      '--model=./m',
      '--model=ahnet-small',
      '--backend=cpu',
      '--labels=left-right',
      '--window=64,64,32',
      '--precision=auto',
      '--batch=2',
      '--flips=x,z',
      '--series=1.2.3',
      '--allow-gaps',
      '--assume-hu',
    ];
    expect(parseInferArguments([...required, ...options, '--quiet'])).toMatchObject({
      models: ['/home/reader/m', 'ahnet-small'],
      backend: 'cpu',
      labels: 'left-right',
      window: [64, 64, 32],
      precision: 'auto',
      batch: 2,
      flips: ['x', 'z'],
      series: '1.2.3',
      allowGaps: true,
      assumeHu: true,
      quiet: true,
    });
  });

  test('takes a memory', () => {
    expect(parseInferArguments([...required, '--memory=1.5GB'])).toMatchObject({ memory: 1.5e9 });
  });

  test('lists without an output, as text or as JSON on stdout or in a file', () => {
    const list = ['--input=ct', '--list'];
    const expected = { list: true, input: '/home/reader/ct', allowGaps: false, assumeHu: false };
    expect(parseInferArguments(list)).toEqual(expected);
    expect(parseInferArguments([...list, '--allow-gaps', '--assume-hu'])).toEqual({
      ...expected,
      allowGaps: true,
      assumeHu: true,
    });
    expect(parseInferArguments([...list, '--json'])).toEqual({ ...expected, json: true });
    expect(parseInferArguments([...list, '--json=a.json', '--series=1.2'])).toEqual({
      ...expected,
      json: '/home/reader/a.json',
      series: '1.2',
    });
  });

  test.each([
    ['a.nii.gz', 'lung'],
    ['a.mha', 'lung'],
    ['a.dcm', 'left-right'],
  ])('labels of %s are %s where none are asked for', (output, labels) => {
    const input = '--input=in';
    expect(parseInferArguments([input, `--output=${output}`]).labels).toBe(labels);
    expect(parseInferArguments([input, `--output=${output}`, '--labels=lung']).labels).toBe('lung');
  });

  test.each([
    [[], "required option '--input <path>' not specified"],
    [['--input=a.nii'], "required option '--output <file>' not specified"],
    [['--input=a.nii', '--output=b.txt'], 'An output must end in one of .nii.gz'],
    [['--input=', '--output=b.nii'], '--input must be a path'],
    [['--input=a.nii', '--output=a.nii'], 'must be different files'],
    [[...required, '--json=out.nii.gz'], 'must be different files'],
    [[...required, '--preview=p.jpg'], 'A preview must end in .png.'],
    [[...required, '--report=r.pdf'], 'A report must end in .html.'],
    [[...required, '--backend=gpu'], 'Allowed choices are auto, native, wasm, cpu.'],
    [[...required, '--labels=lobes'], 'Allowed choices are lung, left-right.'],
    [[...required, '--window=64,64'], 'It must be three positive integers'],
    [[...required, '--precision=half'], 'Allowed choices are float32, bfloat16, float16, auto.'],
    [[...required, '--memory=lots'], 'It must be a size, for instance 4GB or 800MB.'],
    [[...required, '--batch=0'], 'It must be a positive integer.'],
    [[...required, '--flips=x,x'], 'It must be some of x, y and z, with commas.'],
    [[...required, '--outputs=x'], "unknown option '--outputs=x'"],
    [[...required, 'more.nii'], 'too many arguments'],
    [
      [...required, '--json'],
      "option '--json <file>' argument missing. Without --list a file must be given, for instance --json=lungs.json",
    ],
    [[...required, '--list'], "--list writes no mask, so that it can't have an --output"],
    [['--list'], "required option '--input <path>' not specified"],
    [[...required, '--input=b.nii'], 'error: --input was given twice: in.nii.gz, b.nii. Give it once'],
    [[...required, '--output', 'c.nii'], 'error: --output was given twice: out.nii.gz, c.nii. Give it once'],
    [
      [...required, '--model=a/b', '--model=c', '--model=/home/reader/a/b'],
      'error: --model=/home/reader/a/b was given twice, and would count twice in the mean. Give each model once',
    ],
    [
      [...required, '--memory=4GB', '--window=64,64,32'],
      'error: --memory chooses the window, so that --window would have no effect. Give one of them',
    ],
    [
      ['--input=a', '--list', '--preview=p.png', '--flips=x'],
      'error: --list segments nothing, so that --preview and --flips would have no effect. Leave them out',
    ],
  ])('refuses %p with exit code 2', async (argv, message) => {
    printed.length = 0;
    const code = await exitCodeOf(() => {
      parseInferArguments(argv);
      return Promise.resolve();
    });
    expect(code).toBe(2);
    expect(printed.join('')).toContain(message);
  });

  test('prints its version with exit code 0', () => {
    printed.length = 0;
    expect(() => parseInferArguments(['--version'], 'lungseg 1.2.3, model 4.5.6')).toThrow(
      expect.objectContaining({ exitCode: 0 }),
    );
    expect(printed).toEqual(['lungseg 1.2.3, model 4.5.6\n']);
  });

  test('prints help with exit code 0', async () => {
    printed.length = 0;
    expect(() => parseInferArguments(['--help'])).toThrow(CommanderError);
    const code = await exitCodeOf(() => Promise.reject(new CommanderError(0, 'commander.helpDisplayed', '')));
    expect(code).toBe(0);
    const help = printed.join('').replace(/\s+/g, ' ');
    expect(help).toContain('Research use only. Not for clinical use.');
    // Defaults stand once each, and not where they say nothing.
    expect(help.match(/\(default: [^)]*\)|default: "\w+"/g)).toEqual([
      '(default: ahnet-small)',
      'default: "auto"',
      'default: "float32"',
      '(default: 1)',
    ]);
  });
});

describe('exitCodeOf', () => {
  test('is 1 for an error, said in one line', async () => {
    printed.length = 0;
    expect(await exitCodeOf(() => Promise.reject(new Error('one\n  two.')))).toBe(1);
    expect(printed.join('')).toMatch(/error:.* one two\.\n$/);
  });

  test('is 130 when interrupted', async () => {
    const code = await exitCodeOf((signal) => {
      process.emit('SIGINT');
      signal.throwIfAborted();
      return Promise.resolve();
    });
    expect(code).toBe(130);
  });

  test('says how to see more of an error that nobody expected', () => {
    expect(describeError(new TypeError('x is not a function'))).toContain('LUNGSEG_DEBUG=1');
  });
});
