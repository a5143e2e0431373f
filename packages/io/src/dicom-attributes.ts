import type { DataSet } from 'dicom-parser';
import type { DicomDataSet, TextVr } from './dicom-data-set.js';

/** Text attributes of patient and study that what is derived from an image takes over from it. */
const CARRIED: Readonly<Record<string, TextVr>> = {
  '00080020': 'DA', // StudyDate
  '00080030': 'TM', // StudyTime
  '00080050': 'SH', // AccessionNumber
  '00080090': 'PN', // ReferringPhysicianName
  '00081030': 'LO', // StudyDescription
  '00100010': 'PN', // PatientName
  '00100020': 'LO', // PatientID
  '00100021': 'LO', // IssuerOfPatientID
  '00100030': 'DA', // PatientBirthDate
  '00100040': 'CS', // PatientSex
  '00101010': 'AS', // PatientAge
  '00101020': 'DS', // PatientSize
  '00101030': 'DS', // PatientWeight
  '00120010': 'LO', // ClinicalTrialSponsorName
  '00120020': 'LO', // ClinicalTrialProtocolID
  '00120021': 'LO', // ClinicalTrialProtocolName
  '00120030': 'LO', // ClinicalTrialSiteID
  '00120031': 'LO', // ClinicalTrialSiteName
  '00120040': 'LO', // ClinicalTrialSubjectID
  '00120042': 'LO', // ClinicalTrialSubjectReadingID
  '00120050': 'LO', // ClinicalTrialTimePointID
  '00120062': 'CS', // PatientIdentityRemoved
  '00120063': 'LO', // DeidentificationMethod
  '0020000d': 'UI', // StudyInstanceUID
  '00200010': 'SH', // StudyID
  '00200052': 'UI', // FrameOfReferenceUID
  '00201040': 'LO', // PositionReferenceIndicator
};

/** DeidentificationMethodCodeSequence, and the texts of a code. */
const DEIDENTIFICATION_CODES = '00120064';
const CODE: Readonly<Record<string, TextVr>> = { '00080100': 'SH', '00080102': 'SH', '00080104': 'LO' };

/** The web's names of DICOM's character sets; the others are ASCII or UTF-8. @see DICOM part 3, C.12.1.1.2 */
const CHARACTER_SETS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb18030',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/**
 * The attributes of patient and study that a file has, with their texts decoded.
 *
 * @param data a parsed header
 */
export function carriedAttributes(data: DataSet): DicomDataSet {
  const decoder = decoderOf(data.string('x00080005') ?? '');
  const carried: Record<string, DicomDataSet[string]> = { ...textsOf(data, CARRIED, decoder) };
  const codes = data.elements[`x${DEIDENTIFICATION_CODES}`]?.items ?? [];
  const items = codes.flatMap(({ dataSet }) => (dataSet ? [textsOf(dataSet, CODE, decoder)] : []));
  if (items.length > 0) carried[DEIDENTIFICATION_CODES] = ['SQ', items];
  return carried;
}

function textsOf(
  data: DataSet,
  vrs: Readonly<Record<string, TextVr>>,
  decoder: TextDecoder,
): Record<string, readonly [TextVr, string]> {
  return Object.fromEntries(
    Object.entries(vrs).flatMap(([tag, vr]) => {
      const element = data.elements[`x${tag}`];
      if (element === undefined) return [];
      const { dataOffset, length } = element;
      const raw = data.byteArray.subarray(dataOffset, dataOffset + length);
      return [[tag, [vr, withoutPadding(decoder.decode(raw))] as const]];
    }),
  );
}

// eslint-disable-next-line no-control-regex -- padding is NUL in UIDs, and escapes to two-byte sets stay in the text
const withoutPadding = (text: string): string => text.replace(/\u001b\$\)[AC]/g, '').replace(/[\0 ]+$/, '');

/** The first character set of several that is more than ASCII; ISO 2022 sets without an escape of their own are as ISO_IR. */
function decoderOf(specificCharacterSet: string): TextDecoder {
  const named = specificCharacterSet.split('\\').map((set) => set.trim());
  const known = named
    .map((set) => CHARACTER_SETS[set] ?? CHARACTER_SETS[set.replace('ISO 2022 IR', 'ISO_IR')])
    .filter((label) => label !== undefined);
  // Of several, those of two bytes hold the others' ASCII.
  const label = known.find((candidate) => /jp|kr|gb/.test(candidate)) ?? known[0];
  return new TextDecoder(label ?? 'utf-8');
}
