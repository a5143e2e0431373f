import { ReadError } from '@lungseg/core';
import type { DataSet } from 'dicom-parser';
import { readPlane, readRescale, type DicomHeader, type DicomInstance } from './dicom-header.js';

const SHARED_GROUPS = 'x52009229';
const PER_FRAME_GROUPS = 'x52009230';

/** The sequences of functional groups that say where a frame lies and what its numbers mean. */
const PLANE_POSITION = 'x00209113';
const PLANE_ORIENTATION = 'x00209116';
const PIXEL_MEASURES = 'x00289110';
const PIXEL_VALUE_TRANSFORMATION = 'x00289145';
const CT_FRAME_TYPE = 'x00189329';

/**
 * The images in a DICOM file: one, or one for each frame of an enhanced multi-frame file, each with the position,
 * orientation, spacing and rescale of its own functional groups, else of those that all share.
 *
 * A multi-frame file without functional groups stays one image, whose frames have no place.
 *
 * @throws ReadError when there are not as many groups as frames
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.7.6.16.html
 */
export function framesOf({ data, instance }: DicomHeader): DicomInstance[] {
  const { name, pixels } = instance;
  const perFrame = data.elements[PER_FRAME_GROUPS]?.items;
  if (pixels === undefined) return [instance];
  if (perFrame === undefined) return [pixels.frames === 1 ? instance : { ...instance, position: undefined }];
  if (perFrame.length !== pixels.frames) {
    throw new ReadError(
      name,
      `${name} is a damaged DICOM file: it should have as many functional groups as frames. Received: ${perFrame.length} and ${pixels.frames}. Copy or export it again.`,
    );
  }
  const shared = data.elements[SHARED_GROUPS]?.items?.[0]?.dataSet;
  return perFrame.map(({ dataSet }, frame) => {
    const group = (sequence: string): DataSet | undefined =>
      [dataSet, shared].map((groups) => groups?.elements[sequence]?.items?.[0]?.dataSet).find(Boolean);
    const plane = (sequence: string): Partial<ReturnType<typeof readPlane>> => {
      const found = group(sequence);
      return found === undefined ? {} : readPlane(found);
    };
    const values = group(PIXEL_VALUE_TRANSFORMATION);
    return {
      ...instance,
      name: pixels.frames === 1 ? name : `${name} (frame ${frame + 1})`,
      frame,
      imageType: group(CT_FRAME_TYPE)?.string('x00089007')?.split('\\') ?? instance.imageType,
      position: plane(PLANE_POSITION).position ?? instance.position,
      orientation: plane(PLANE_ORIENTATION).orientation ?? instance.orientation,
      spacing: plane(PIXEL_MEASURES).spacing ?? instance.spacing,
      pixels: values === undefined ? pixels : { ...pixels, ...readRescale(values) },
    };
  });
}
