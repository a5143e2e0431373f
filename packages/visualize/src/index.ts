export { drawSlice, type Plane, type SlicePlace } from './draw-slice.js';
export { encodePng } from './encode-png.js';
export { type Outlined } from './outlines.js';
export { patientView, type PatientView } from './patient-view.js';
export { type Picture } from './picture.js';
export { slicePicture, type SlicePictureOptions } from './slice-picture.js';
