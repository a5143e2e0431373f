/** A code of a coding scheme, as DICOM writes it. */
export interface DicomCode {
  readonly value: string;
  /** The scheme's designator; SNOMED CT, `SCT`, by default. */
  readonly scheme?: string;
  readonly meaning: string;
}

/** What one label of a mask means, in the words of DICOM. */
export interface SegmentDescription {
  /** The label's number in the mask. */
  readonly label: number;
  readonly name: string;
  readonly category: DicomCode;
  readonly type: DicomCode;
  /** Which of a pair, for instance. */
  readonly modifier?: DicomCode;
  /** The colour in which viewers may show it: red, green and blue in sRGB, 0 to 255. */
  readonly colour: readonly [number, number, number];
}

const ANATOMICAL_STRUCTURE: DicomCode = { value: '123037004', meaning: 'Anatomical Structure' };
const LUNG: DicomCode = { value: '39607008', meaning: 'Lung' };

const lungSegment = (
  label: number,
  name: string,
  colour: readonly [number, number, number],
  modifier?: DicomCode,
): SegmentDescription => ({
  label,
  name,
  category: ANATOMICAL_STRUCTURE,
  type: LUNG,
  ...(modifier === undefined ? {} : { modifier }),
  colour,
});

/**
 * The segments of lungseg's masks: `lung` has one label for both lungs, `left-right` has 1 for the right lung and 2 for
 * the left, by the patient's sides.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_244.html
 */
export const LUNG_SEGMENTS = {
  lung: [lungSegment(1, 'Lungs', [230, 159, 0])],
  'left-right': [
    lungSegment(1, 'Right lung', [230, 159, 0], { value: '24028007', meaning: 'Right' }),
    lungSegment(2, 'Left lung', [86, 180, 233], { value: '7771000', meaning: 'Left' }),
  ],
} as const satisfies Readonly<Record<string, readonly SegmentDescription[]>>;
