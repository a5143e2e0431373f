import { indexToWorld, type Geometry, type Vec3 } from '@lungseg/core';
import { dicomLab } from './dicom-colour.js';
import { createUid, decimalString, type DicomDataSet, type DicomElement } from './dicom-data-set.js';
import type { DicomSliceSource, DicomSource } from './read-options.js';
import type { DicomCode, SegmentDescription } from './segments.js';

/** What made a mask. */
export interface SegmentationAlgorithm {
  /** The model's name. */
  readonly name: string;
  readonly version: string;
  /** SHA-256 of its weights, in hexadecimal digits. */
  readonly weightsSha256?: string;
  /** The version of lungseg that ran it. */
  readonly softwareVersion: string;
}

/** What {@link segmentationDataSet} is made of. */
export interface SegmentationParts {
  readonly geometry: Geometry;
  readonly source: DicomSource;
  readonly segments: readonly SegmentDescription[];
  readonly algorithm: SegmentationAlgorithm;
  readonly date: Date;
}

const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';

/** LO holds at most so many characters. */
const LONG_STRING = 64;

/** Series of derived objects are numbered apart from the scanner's, which are small. */
const SERIES_NUMBER = '9001';

/** Attributes of type 2, which are there, empty where the source has none. */
const EMPTY: DicomDataSet = {
  '00080020': ['DA', ''],
  '00080030': ['TM', ''],
  '00080050': ['SH', ''],
  '00080090': ['PN', ''],
  '00100010': ['PN', ''],
  '00100020': ['LO', ''],
  '00100030': ['DA', ''],
  '00100040': ['CS', ''],
  '00200010': ['SH', ''],
  '00201040': ['LO', ''],
};

/**
 * The data set of a DICOM segmentation, without its pixels: a frame for each slice of each segment, empty ones included,
 * so that the frames say the whole grid.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_A.51.html
 */
export function segmentationDataSet(parts: SegmentationParts): DicomDataSet {
  const { geometry, source, segments, algorithm } = parts;
  const [columns, rows, slices] = geometry.size;
  const [date, time] = dateAndTime(parts.date);
  const organization = createUid();
  return {
    ...EMPTY,
    ...source.attributes,
    '00080008': ['CS', ['DERIVED', 'PRIMARY']],
    '00080016': ['UI', SEGMENTATION_STORAGE],
    '00080018': ['UI', createUid()],
    '00080023': ['DA', date],
    '00080033': ['TM', time],
    '00080060': ['CS', 'SEG'],
    '00080070': ['LO', 'lungseg'],
    '0008103e': ['LO', shortened(`Segmentation of ${source.seriesDescription || 'a CT'}`)],
    '00081090': ['LO', 'lungseg'],
    '00081115': ['SQ', [referencedSeries(source)]],
    // A program has no serial number of its own, and the attribute must not be empty.
    '00181000': ['LO', '1'],
    '00181020': ['LO', shortened(algorithm.softwareVersion)],
    '0020000d': ['UI', source.studyInstanceUid],
    '0020000e': ['UI', createUid()],
    '00200011': ['IS', SERIES_NUMBER],
    '00200013': ['IS', '1'],
    '00200052': ['UI', source.frameOfReferenceUid],
    '00209221': ['SQ', [{ '00209164': ['UI', organization] }]],
    '00209222': ['SQ', dimensions(organization)],
    '00280002': ['US', 1],
    '00280004': ['CS', 'MONOCHROME2'],
    '00280008': ['IS', String(slices * segments.length)],
    '00280010': ['US', rows],
    '00280011': ['US', columns],
    '00280100': ['US', 1],
    '00280101': ['US', 1],
    '00280102': ['US', 0],
    '00280103': ['US', 0],
    '00282110': ['CS', '00'],
    '00620001': ['CS', 'BINARY'],
    '00620002': ['SQ', segments.map((segment, n) => segmentItem(segment, n + 1, algorithm))],
    '00700080': ['CS', 'LUNGS'],
    '00700081': ['LO', 'Lungs in CT. Research use only. Not for clinical use.'],
    '00700084': ['PN', ''],
    '52009229': ['SQ', [sharedGroups(geometry)]],
    '52009230': ['SQ', segments.flatMap((_, n) => frameItems(geometry, source, n + 1))],
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

function dateAndTime(date: Date): [string, string] {
  return [
    `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`,
    `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`,
  ];
}

const shortened = (text: string): string => text.slice(0, LONG_STRING);

function code({ value, scheme = 'SCT', meaning }: DicomCode): DicomDataSet {
  return { '00080100': ['SH', value], '00080102': ['SH', scheme], '00080104': ['LO', meaning] };
}

const dcm = (value: string, meaning: string): DicomDataSet => code({ value, scheme: 'DCM', meaning });

function reference({ sopClassUid, sopInstanceUid }: DicomSliceSource): DicomDataSet {
  return { '00081150': ['UI', sopClassUid], '00081155': ['UI', sopInstanceUid] };
}

/** Of the frames of a file, which: DICOM counts them from 1. */
function frameReference({ frame }: DicomSliceSource): DicomDataSet {
  return frame === undefined ? {} : { '00081160': ['IS', String(frame + 1)] };
}

function referencedSeries({ seriesInstanceUid, slices }: DicomSource): DicomDataSet {
  // The frames of one file are one instance.
  const instances = new Map(slices.map((slice) => [slice.sopInstanceUid, reference(slice)]));
  return { '0008114a': ['SQ', [...instances.values()]], '0020000e': ['UI', seriesInstanceUid] };
}

/** Frames are told apart by their segment, then by their place. */
function dimensions(organization: string): DicomDataSet[] {
  const dimension = (attribute: string, group: string, label: string): DicomDataSet => ({
    '00209164': ['UI', organization],
    '00209165': ['AT', attribute],
    '00209167': ['AT', group],
    '00209421': ['LO', label],
  });
  return [
    dimension('0062000b', '0062000a', 'ReferencedSegmentNumber'),
    dimension('00200032', '00209113', 'ImagePositionPatient'),
  ];
}

function segmentItem(
  segment: SegmentDescription,
  number: number,
  { name, version, weightsSha256, softwareVersion }: SegmentationAlgorithm,
): DicomDataSet {
  const modifier: DicomDataSet =
    segment.modifier === undefined ? {} : { '00620011': ['SQ', [code(segment.modifier)]] };
  const parameters: DicomDataSet =
    weightsSha256 === undefined ? {} : { '00660032': ['LT', `weights SHA-256 ${weightsSha256}`] };
  return {
    '00620003': ['SQ', [code(segment.category)]],
    '00620004': ['US', number],
    '00620005': ['LO', segment.name],
    '00620007': [
      'SQ',
      [
        {
          '00240202': ['LO', shortened(`lungseg ${softwareVersion}`)],
          '0066002f': ['SQ', [dcm('123110', 'Artificial Intelligence')]],
          '00660031': ['LO', shortened(version)],
          '00660036': ['LO', shortened(name)],
          ...parameters,
        },
      ],
    ],
    '00620008': ['CS', 'AUTOMATIC'],
    '00620009': ['LO', shortened(`${name} ${version}`)],
    '0062000d': ['US', dicomLab(segment.colour)],
    '0062000f': ['SQ', [{ ...code(segment.type), ...modifier }]],
  };
}

const decimals = (values: readonly number[]): DicomElement => ['DS', values.map(decimalString)];

function sharedGroups({ spacing, direction }: Geometry): DicomDataSet {
  const [i, j] = [0, 1].map((column) => [0, 1, 2].map((row) => direction[row * 3 + column]!));
  return {
    '00209116': ['SQ', [{ '00200037': decimals([...i!, ...j!]) }]],
    '00289110': [
      'SQ',
      [
        {
          '00180050': decimals([spacing[2]]),
          '00180088': decimals([spacing[2]]),
          '00280030': decimals([spacing[1], spacing[0]]),
        },
      ],
    ],
  };
}

/** The frames of one segment, in ascending k. */
function frameItems(geometry: Geometry, source: DicomSource, segment: number): DicomDataSet[] {
  const nearest = nearestSlices(geometry, source);
  return nearest.map((slice, k) => ({
    '00089124': ['SQ', [derivation(slice)]],
    '00209111': ['SQ', [{ '00209157': ['UL', [segment, k + 1]] }]],
    '00209113': ['SQ', [{ '00200032': decimals(indexToWorld(geometry, [0, 0, k])) }]],
    '0062000a': ['SQ', [{ '0062000b': ['US', segment] }]],
  }));
}

/** For each slice of the grid the source's at its place, or nearest to it where the grid was resampled. */
function nearestSlices(geometry: Geometry, { slices }: DicomSource): DicomSliceSource[] {
  const { direction, size } = geometry;
  const along = ([x, y, z]: Vec3): number => x * direction[2] + y * direction[5] + z * direction[8];
  const places = slices.map(({ position }) => along(position));
  return Array.from({ length: size[2] }, (_, k) => {
    const place = along(indexToWorld(geometry, [0, 0, k]));
    let best = 0;
    for (let n = 1; n < places.length; n++)
      if (Math.abs(places[n]! - place) < Math.abs(places[best]! - place)) best = n;
    return slices[best]!;
  });
}

function derivation(slice: DicomSliceSource): DicomDataSet {
  const purpose = dcm('121322', 'Source image for image processing operation');
  const image: DicomDataSet = {
    ...reference(slice),
    ...frameReference(slice),
    '0040a170': ['SQ', [purpose]],
  };
  return { '00082112': ['SQ', [image]], '00089215': ['SQ', [dcm('113076', 'Segmentation')]] };
}
